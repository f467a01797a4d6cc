import { ATTRIBUTES } from "../../../../functions/contract/names.ts";
import { textOf } from "../../../../functions/middleware/attributes.ts";
import type { Published, RecordTopic } from "../../../../functions/publishing/ports/publisher.ts";
import type { ErrorReply } from "../engine/port-calls.ts";
import type { Random } from "../engine/random.ts";
import type { Facts } from "../recorded-facts.ts";
import { holds } from "../violation.ts";
import type { Log } from "./log.ts";

/** The Kafka topic as its publisher sees it: records of one order under its key, in their order. */
export function simRecordTopic(
  log: Log,
  {
    facts,
    random,
    failing,
  }: { readonly facts: Facts; readonly random: Random; readonly failing: () => number },
): RecordTopic {
  const topic: RecordTopic = {
    publish: (events) => topic.send(events.map((event) => ({ event, attributes: {} }))),
    async send(records) {
      return records.map(({ event, attributes, text: body = JSON.stringify(event) }): Published => {
        const isKnown = facts.eventOfBody(body) === event.id || facts.isStrange(body);
        holds(isKnown, "I5", () => `${event.id} is written to Kafka, and no transition made it so`);
        const mark = textOf(attributes, ATTRIBUTES.redriveId);
        const isMarked = mark === undefined || facts.redriveIds.has(mark);
        holds(isMarked, "I18", () => `${event.id} is written to Kafka again without a mark`);
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
  return topic;
}

/** The adapter answers for an outage: every record is refused. */
export const recordTopicErrors: ErrorReply = ([records], error): Published[] =>
  (records as readonly unknown[]).map(() => ({ kind: "refused", permanent: false, error }));
