import { eventOfStreamRecord } from "../adapters/order-row.ts";
import { bySource, consumer } from "../middleware/consumer.ts";
import { publishMessages } from "../publishing/publish-messages.ts";
import { publishCounts, publishTransitions, transitionDecoder } from "../publishing/publish-transitions.ts";
import { queuedMessageDecoder, redriveQueue } from "../publishing/redrive-queue.ts";
import { clock, integerVariable, serviceOptions } from "./wiring/environment.ts";
import { failureLogOnFirstUse } from "./wiring/failure-log-on-first-use.ts";
import { topicOfEnvironment } from "./wiring/kafka-topic.ts";
import { orderStream } from "./wiring/order-stream.ts";

/** The orders table's stream, and the queue of redriven messages → the Kafka topic. */
const name = "publish-to-kafka";
const topic = topicOfEnvironment();
const shared = {
  ...serviceOptions,
  name,
  failureLog: failureLogOnFirstUse(),
  alsoCount: publishCounts("kafkaPublishFailed"),
};

export const handler = bySource({
  "aws:dynamodb": consumer({
    ...shared,
    transport: orderStream(),
    decode: transitionDecoder(eventOfStreamRecord),
    handle: { many: publishTransitions({ publisher: topic, clock }) },
    settings: { giveUpAfterSeconds: integerVariable("giveUpAfterSeconds", 1_800) },
  }),
  "aws:sqs": consumer({
    ...shared,
    transport: redriveQueue(name, integerVariable("maxReceiveCount", 5)),
    decode: queuedMessageDecoder(name),
    handle: { many: publishMessages({ topic }) },
  }),
});
