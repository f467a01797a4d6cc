import { snsClient, snsPublisher } from "../adapters/sns-publisher.ts";
import { eventOfStreamRecord } from "../adapters/stream-images.ts";
import { environment, integer } from "../compose/env.ts";
import { failureLogOnFirstUse } from "../compose/failure-log.ts";
import { clock, service, write } from "../compose/instance.ts";
import { publishCounts } from "../compose/publish-counts.ts";
import { consumer } from "../middleware/consumer.ts";
import { transitionDecoder } from "../middleware/decode-transition.ts";
import { dynamoDbStream } from "../middleware/transports/dynamodb-stream.ts";
import { publishTransitions } from "../use-cases/publish-transitions.ts";

/** The orders table's stream → each status transition on the topic. */
const { topicArn } = environment("topicArn");

export const handler = consumer({
  name: "publish-events",
  transport: dynamoDbStream(),
  decode: transitionDecoder(eventOfStreamRecord),
  handle: { many: publishTransitions({ publisher: snsPublisher(snsClient(), topicArn, clock), clock }) },
  failureLog: failureLogOnFirstUse(),
  clock,
  service,
  write,
  settings: { giveUpAfterSeconds: integer("giveUpAfterSeconds", 1_800) },
  alsoCount: publishCounts,
});
