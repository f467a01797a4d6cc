import type { OrderEvent } from "../contract/schemas.ts";
import { isOrderEvent } from "../contract/validators.js";
import { isPublisher } from "../publishing/domain/publishers.ts";
import type { Publisher } from "../publishing/ports/publisher.ts";
import type { FailedMessage } from "./domain/failed-message.ts";
import { groupsOf, openMessages } from "./due-messages.ts";
import { enqueueRow } from "./enqueue-message.ts";
import type { ActPorts } from "./operator-ports.ts";
import { applyWrite, type FailurePorts } from "./record-failure.ts";
import { publishRow } from "./send-redrive.ts";

/** Events that are published side by side: an outage may leave thousands, and a minute to publish them. */
const AT_ONCE = 10;

type RepublishParkedPorts = FailurePorts & { readonly publisher: Publisher } & Pick<
    ActPorts,
    "queues" | "sourceQueues"
  >;

/**
 * Publishes the events that are parked because the topic did not take them, each with a growing delay between
 * attempts. The mark comes before the publish: a crash between the two leaves a row that becomes due again. Only
 * publish-to-kafka reaches the Kafka topic, so events for that go to its queue; without Kafka they stay.
 */
export function retryParkedEvents(ports: RepublishParkedPorts) {
  return async (deadline: number): Promise<{ published: number; refused: number }> => {
    const totals = { published: 0, refused: 0 };
    for await (const rows of groupsOf(parkedEvents(ports, deadline), AT_ONCE)) {
      for (const became of await Promise.all(rows.map((row) => republish(ports, row)))) {
        if (became === "published" || became === "refused") totals[became] += 1;
      }
    }
    return totals;
  };
}

async function* parkedEvents(ports: RepublishParkedPorts, deadline: number): AsyncGenerator<FailedMessage> {
  const now = ports.clock.now();
  for await (const row of openMessages(ports, "publish", deadline)) {
    if (isReachable(ports, row) && isDue(row, now)) yield row;
  }
}

function isReachable({ sourceQueues }: RepublishParkedPorts, { consumer }: FailedMessage): boolean {
  if (!isPublisher(consumer)) return false;
  return consumer === "publish-events" || sourceQueues[consumer] !== undefined;
}

function isDue(row: FailedMessage, now: number): boolean {
  return now >= Date.parse(row.lastAt) + republishDelaySeconds(row.failures) * 1000;
}

async function republish(
  ports: RepublishParkedPorts,
  row: FailedMessage,
): Promise<"published" | "refused" | "sent" | undefined> {
  const event = eventIn(row.body);
  if (event === undefined) return undefined;
  const redriveId = ports.newId();
  const { failedKey, generation } = row;
  const marked = await applyWrite(ports, failedKey, {
    kind: "redrive",
    generation,
    redriveId,
    by: "maintenance",
  });
  if (!marked.applied) return undefined;

  if (row.consumer === "publish-events") return (await publishRow(ports, row, event, "maintenance")).kind;
  const { kind } = await enqueueRow(ports, row, redriveId);
  return kind === "sent" ? "sent" : "refused";
}

/** A copy that came by a queue may hold anything; what is no event waits for a person. */
function eventIn(body: string): OrderEvent | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isOrderEvent(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** When an event that the topic refused is published again: one minute, doubling, at most an hour. */
export function republishDelaySeconds(failures: number): number {
  return Math.min(3_600, 60 * 2 ** Math.max(0, failures - 1));
}
