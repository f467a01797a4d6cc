import type { OrderEvent } from "../../contract/schemas.ts";
import { isOrderEvent } from "../../contract/validators.js";
import { isPublisher, targetOf } from "../../publishing/domain/publishers.ts";
import type { ListedMessage } from "../domain/failed-listing.ts";
import type { FailedMessage } from "../domain/failed-message.ts";
import { loadUnchanged } from "../load-failed-message.ts";
import { type SendPorts, sendRedrive } from "../send-redrive.ts";
import { visitOpenRows } from "../visit-rows.ts";

const MAINTENANCE = { by: "maintenance", why: "retry of a refused event" } as const;

/**
 * Retries the events that are parked because a topic refused them, each with a growing delay. A row becomes REDRIVEN before
 * its event is published: a crash between the two leaves a row that becomes due again. Events for Kafka go to the
 * queue of publish-to-kafka, which alone reaches the topic; without Kafka they stay parked.
 */
export function retryParkedEvents(ports: SendPorts) {
  return async (deadline: number): Promise<{ published: number; refused: number }> => {
    const totals = { published: 0, refused: 0 };
    const now = ports.clock.now();
    const retryDue = async (listed: readonly ListedMessage[]) => {
      const due = listed.filter((row) => isReachable(ports, row) && isDue(row, now));
      const rows = await loadUnchanged(ports, due);
      const outcomes = await Promise.all(rows.map((row) => retry(ports, row)));
      const count = (outcome: (typeof outcomes)[number]) =>
        outcomes.filter((each) => each === outcome).length;
      totals.published += count("published");
      totals.refused += count("refused");
      return count("published") + count("sent");
    };
    await visitOpenRows(ports, { name: "publish", of: "publishers" }, deadline, retryDue);
    return totals;
  };
}

function isReachable({ sourceQueues }: SendPorts, { consumer }: ListedMessage): boolean {
  if (!isPublisher(consumer)) return false;
  return targetOf(consumer) === "topic" || sourceQueues[consumer] !== undefined;
}

function isDue(row: ListedMessage, now: number): boolean {
  return now >= Date.parse(row.lastAt) + retryDelaySeconds(row.failures) * 1000;
}

async function retry(
  ports: SendPorts,
  row: FailedMessage,
): Promise<"published" | "refused" | "sent" | undefined> {
  const event = eventIn(row.body);
  if (event === undefined) return undefined;
  const { kind } = await sendRedrive(ports, row, event, MAINTENANCE);
  if (kind === "changed") return undefined;
  if (kind === "failed") return "refused";
  return targetOf(row.consumer) === "topic" ? "published" : "sent";
}

/** A message from a queue may hold anything. Without an event it stays for the operator. */
function eventIn(body: string): OrderEvent | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isOrderEvent(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Seconds until a refused event is retried: one minute, doubling, at most an hour. */
export function retryDelaySeconds(failures: number): number {
  return Math.min(3_600, 60 * 2 ** Math.max(0, failures - 1));
}
