/** `order-events/constructs`: lib/constructs/README.md. */
export {
  type ConsumerAlarmsProps,
  consumerAlarms,
} from "../../lib/constructs/consumer-alarms.ts";
export {
  type Conditions,
  type ConsumeOptions,
  ConsumerFunction,
  type ConsumerFunctionProps,
  type ConsumerGrant,
  grantParkInQueue,
  type OtherFunctionProps,
} from "../../lib/constructs/consumer-function.ts";
export { MessageQueue, type MessageQueueProps } from "../../lib/constructs/message-queue.ts";
export {
  CONSUMER_THRESHOLDS,
  type ConsumerAlarmKind,
  type Threshold,
} from "../../lib/settings/consumer-thresholds.ts";
export { QUEUE_SUFFIX, type QueueRole } from "../../lib/settings/queue-rules.ts";
