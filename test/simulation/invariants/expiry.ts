import type { QueueConsumer } from "../../../functions/contract/names.ts";
import type { FailedMessage } from "../../../functions/domain/failed-message.ts";
import type { SimQueue } from "../cloud/queue.ts";
import { holds } from "../violation.ts";
import type { Weather } from "../weather.ts";

/** Hosts' clocks are off by at most this. */
const SKEW_MS = 600_000;

/** A message is parked as EXPIRED only if a copy of it is that old, and none that was sent again ever is. */
export function checkExpiry(
  row: FailedMessage,
  of: (consumer: QueueConsumer) => { readonly source: SimQueue },
  weather: Weather,
  now: number,
): void {
  if (row.reason !== "EXPIRED" || row.status !== "OPEN") return;
  const { source } = of(row.consumer as QueueConsumer);
  let isOld = false;
  for (const { body, sentAt, attributes } of source.copies) {
    const isFirst = attributes["redriveCount"] === undefined;
    isOld ||= isFirst && body === row.body && now - sentAt > weather.maxAgeSeconds * 1_000 - SKEW_MS;
  }
  // A zombie may park what another run has long acknowledged.
  const isThere = [...source.copies].some(({ body }) => body === row.body);
  holds(isOld || !isThere, "EXPIRY", () => `${row.failedKey} is parked as expired and no copy of it is old`);
}
