import type { OrderEvent } from "../../contract/schemas.ts";
import { isOrderEvent } from "../../contract/validators.js";
import { isPublisher, targetOf } from "../../publishing/domain/publishers.ts";
import type { FailedMessage } from "../domain/failed-message.ts";
import { chunk, openRows } from "../due-messages.ts";
import { type SendPorts, sendRedrive } from "../send-redrive.ts";

/** Events published concurrently: an outage may leave thousands, and maintenance has a minute. */
const AT_ONCE = 10;

const MAINTENANCE = { by: "maintenance", why: "retry of a refused event" } as const;

/**
 * Retries the events that are parked because a topic refused them, each with a growing delay. A row becomes REDRIVEN before
 * its event is published: a crash between the two leaves a row that becomes due again. Events for Kafka go to the
 * queue of publish-to-kafka, which alone reaches the topic; without Kafka they stay parked.
 */
export function retryParkedEvents(ports: SendPorts) {
  return async (deadline: number): Promise<{ published: number; refused: number }> => {
    const totals = { published: 0, refused: 0 };
    for await (const rows of chunk(parkedEvents(ports, deadline), AT_ONCE)) {
      for (const outcome of await Promise.all(rows.map((row) => retry(ports, row)))) {
        if (outcome === "published" || outcome === "refused") totals[outcome] += 1;
      }
    }
    return totals;
  };
}

async function* parkedEvents(ports: SendPorts, deadline: number): AsyncGenerator<FailedMessage> {
  const now = ports.clock.now();
  for await (const row of openRows(ports, "publish", deadline)) {
    if (isReachable(ports, row) && isDue(row, now)) yield row;
  }
}

function isReachable({ sourceQueues }: SendPorts, { consumer }: FailedMessage): boolean {
  if (!isPublisher(consumer)) return false;
  return targetOf(consumer) === "topic" || sourceQueues[consumer] !== undefined;
}

function isDue(row: FailedMessage, now: number): boolean {
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
