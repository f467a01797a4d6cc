/** `order-events/sqs`: the queues of a consumer, by the AWS SDK. */
export { sqsQueues } from "../../functions/adapters/sqs-queues.ts";
export type { Queues } from "../../functions/publishing/ports/queues.ts";
