/** `order-events/middleware`: functions/middleware/README.md. */
export type { Attributes, AttributeValue, TypedValue } from "../../functions/middleware/attributes.ts";
export { audit } from "../../functions/middleware/audit.ts";
export type { Batch } from "../../functions/middleware/batch.ts";
export {
  type BatchMiddleware,
  type BatchRequest,
  batchOf,
  type InvocationContext,
} from "../../functions/middleware/batch.ts";
export { type Clock, systemClock } from "../../functions/middleware/clock.ts";
export type {
  ConsumerOptions,
  ConsumerSettings,
  HandleMany,
  HandleOne,
} from "../../functions/middleware/consumer.ts";
export { batch, type Consumer, consumer, deadline, runRecords } from "../../functions/middleware/consumer.ts";
export {
  type Condition,
  type Decision,
  type EffectOnce,
  type EffectResult,
  type EffectWrite,
  onceForEach,
  type Refusal,
  type Row,
  type RowValue,
} from "../../functions/middleware/effect-once.ts";
export {
  CONSUMER_METRICS,
  ENGINE_PROBLEMS,
  ENGINE_REASONS,
  type Problems,
} from "../../functions/middleware/engine-names.ts";
export { describeError, type ErrorText } from "../../functions/middleware/error-text.ts";
// `*`, so that a service can merge into the interfaces of these files.
export * from "../../functions/middleware/failure-log.ts";
export {
  type HttpHandler,
  type HttpInvocation,
  type HttpMiddleware,
  type HttpOptions,
  type HttpReply,
  http,
  type Routes,
} from "../../functions/middleware/http.ts";
export { type Query, queryOf } from "../../functions/middleware/http-query.ts";
export {
  type HttpRequest,
  idempotencyKeyOf,
  traceparentOf,
} from "../../functions/middleware/http-request.ts";
export {
  type JsonDecoderOptions,
  jsonDecoder,
  type StandardSchema,
} from "../../functions/middleware/json-decoder.ts";
export type { RuleOf, SchemaError, Validate } from "../../functions/middleware/json-faults.ts";
export {
  emfLine,
  type MetricsLine,
  type MetricsOptions,
  metrics,
} from "../../functions/middleware/metrics.ts";
export {
  DONE,
  DUPLICATE,
  ignored,
  type Outcome,
  park,
  postpone,
  retry,
  Unprocessable,
} from "../../functions/middleware/outcome.ts";
export { type ParkingQueue, parkInQueue } from "../../functions/middleware/park-in-queue.ts";
export { Problem, type ProblemExtras } from "../../functions/middleware/problem.ts";
export * from "../../functions/middleware/register.ts";
export { type ScheduledTask, schedule, type TaskResults } from "../../functions/middleware/schedule.ts";
export {
  type Decoded,
  type DecodedText,
  type Transport,
  UnexpectedEvent,
} from "../../functions/middleware/transport.ts";
export { dynamoDbStream, type StreamRecord } from "../../functions/middleware/transports/dynamodb-stream.ts";
export {
  type KafkaOptions,
  type KafkaRecord,
  kafka,
  kafkaBody,
  kafkaFault,
} from "../../functions/middleware/transports/kafka.ts";
export {
  type MessageVisibility,
  type PostponedMessage,
  type SqsAttribute,
  type SqsOptions,
  type SqsRecord,
  sqs,
} from "../../functions/middleware/transports/sqs.ts";
export { allOrNothing, bySource } from "../../functions/middleware/wrap-handler.ts";
