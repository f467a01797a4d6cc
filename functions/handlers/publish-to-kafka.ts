import { eventOfStreamRecord } from "../adapters/stream-images.ts";
import { integer } from "../compose/env.ts";
import { failureLogOnFirstUse } from "../compose/failure-log.ts";
import { clock, service, write } from "../compose/instance.ts";
import { topicOfEnvironment } from "../compose/kafka-topic.ts";
import { publishCounts } from "../compose/publish-counts.ts";
import { bySource } from "../middleware/by-source.ts";
import { consumer } from "../middleware/consumer.ts";
import { transitionDecoder } from "../middleware/decode-transition.ts";
import { dynamoDbStream } from "../middleware/transports/dynamodb-stream.ts";
import { copyDecoder, redriveQueue } from "../middleware/transports/redrive-queue.ts";
import { publishCopies } from "../use-cases/publish-copies.ts";
import { publishTransitions } from "../use-cases/publish-transitions.ts";

/** The orders table's stream, and a queue of copies that are sent again → the Kafka topic. */
const name = "publish-to-kafka";
const topic = topicOfEnvironment();
const common = { name, failureLog: failureLogOnFirstUse(), clock, service, write, alsoCount: publishCounts };

export const handler = bySource({
  "aws:dynamodb": consumer({
    ...common,
    transport: dynamoDbStream(),
    decode: transitionDecoder(eventOfStreamRecord),
    handle: { many: publishTransitions({ publisher: topic, clock }) },
    settings: { giveUpAfterSeconds: integer("giveUpAfterSeconds", 1_800) },
  }),
  "aws:sqs": consumer({
    ...common,
    transport: redriveQueue(name, integer("maxReceiveCount", 5)),
    decode: copyDecoder(name),
    handle: { many: publishCopies({ topic }) },
  }),
});
