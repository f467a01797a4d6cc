import { eventOfStreamRecord, orderStream } from "../adapters/order-row.ts";
import { snsClient, snsPublisher } from "../adapters/sns-publisher.ts";
import { METRICS } from "../contract/names.ts";
import { consumer } from "../middleware/consumer.ts";
import { publishCounts, publishTransitions, transitionDecoder } from "../publishing/publish-transitions.ts";
import { clock, count, environment, integerVariable, serviceOptions } from "./wiring/environment.ts";
import { failureLogOnFirstUse } from "./wiring/event-consumer.ts";

/** The orders table's stream → the SNS topic. */
const { topicArn } = environment("topicArn");

export const handler = consumer({
  name: "publish-events",
  transport: orderStream(),
  decode: transitionDecoder(eventOfStreamRecord),
  handle: {
    many: publishTransitions({
      publisher: snsPublisher(snsClient(), topicArn, clock),
      clock,
      onThrottled: count(METRICS.publishThrottled),
    }),
  },
  failureLog: failureLogOnFirstUse(),
  ...serviceOptions,
  settings: { giveUpAfterSeconds: integerVariable("giveUpAfterSeconds", 1_800) },
  alsoCount: publishCounts("publishFailed"),
});
