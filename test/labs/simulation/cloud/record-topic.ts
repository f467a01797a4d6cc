import { KAFKA_CONSUMER } from "../../../../functions/contract/broker-names.ts";
import { ATTRIBUTES } from "../../../../functions/contract/names.ts";
import { textOf } from "../../../../functions/middleware/attributes.ts";
import type { Published, RecordTopic } from "../../../../functions/publishing/ports/publisher.ts";
import type { ErrorReply } from "../engine/port-calls.ts";
import type { Random } from "../engine/random.ts";
import type { Oracle } from "../oracle.ts";
import { assertInvariant } from "../violation.ts";
import type { Log } from "./log.ts";

/** The Kafka topic as the port of its publisher: records of one order have its key, and keep their order. */
export function simRecordTopic(
  log: Log,
  {
    oracle,
    random,
    failing,
  }: { readonly oracle: Oracle; readonly random: Random; readonly failing: () => number },
): RecordTopic {
  return {
    async publish(records) {
      return records.map(({ event, attributes = {}, text: body = JSON.stringify(event) }): Published => {
        const isKnown = oracle.eventOfBody(body) === event.id || oracle.isForeign(KAFKA_CONSUMER, body);
        assertInvariant(
          isKnown,
          "I5",
          () => `${event.id} is written to Kafka, and no transition made this content`,
        );
        const mark = textOf(attributes, ATTRIBUTES.redriveId);
        const isMarked = mark === undefined || oracle.redriveIds.has(mark);
        assertInvariant(isMarked, "I18", () => `${event.id} is written to Kafka with an unknown redrive id`);
        if (random.chance(failing())) {
          const error = new Error("The brokers refused it.");
          return { kind: "refused", permanent: random.chance(0.2), error };
        }
        log.append({
          key: event.subject,
          value: body,
          // No message of the simulation has an attribute of another type.
          headers: { ...(attributes as Readonly<Record<string, string>>), [ATTRIBUTES.type]: event.type },
        });
        return { kind: "published" };
      });
    },
  };
}

/** The adapter reports an outage as a refusal of each record. */
export const recordTopicErrors: ErrorReply = ([records], error): Published[] =>
  (records as readonly unknown[]).map(() => ({ kind: "refused", permanent: false, error }));
