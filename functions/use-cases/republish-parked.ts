import { isOrderEvent } from "../contract/validators.js";
import { republishDelaySeconds } from "../domain/back-off.ts";
import type { FailedMessage } from "../domain/failed-message.ts";
import type { Publisher } from "../ports/publisher.ts";
import { publishRow } from "./publish-row.ts";
import { applyWrite, type FailurePorts } from "./record-failure.ts";

const PAGE = 100;

/**
 * Publishes the events that are parked because the topic did not take them, each with a growing delay between
 * attempts. The mark comes before the publish: a crash between the two leaves a row that becomes due again.
 */
export function republishParked(ports: FailurePorts & { publisher: Publisher }) {
  return async (deadline: number): Promise<{ published: number; refused: number }> => {
    const totals = { published: 0, refused: 0 };
    let cursor: string | undefined;
    do {
      const page = await ports.failedMessages.list("OPEN", {
        limit: PAGE,
        dueBefore: new Date(ports.clock.now()).toISOString(),
        ...(cursor === undefined ? {} : { cursor }),
      });
      for (const row of page.rows) {
        if (ports.clock.now() > deadline) return totals;
        if (row.consumer !== "publish-events" || !isDue(row, ports.clock.now())) continue;
        const published = await republish(ports, row);
        if (published !== undefined) totals[published ? "published" : "refused"] += 1;
      }
      cursor = page.cursor;
    } while (cursor !== undefined);
    return totals;
  };
}

function isDue(row: FailedMessage, now: number): boolean {
  return now >= Date.parse(row.lastAt) + republishDelaySeconds(row.failures) * 1000;
}

async function republish(
  ports: FailurePorts & { publisher: Publisher },
  row: FailedMessage,
): Promise<boolean | undefined> {
  const event: unknown = JSON.parse(row.body);
  if (!isOrderEvent(event)) return undefined;
  const redriveId = ports.newId();
  const { failedKey, generation } = row;
  const marked = await applyWrite(ports, failedKey, {
    kind: "redrive",
    generation,
    redriveId,
    by: "republish",
  });
  if (!marked.applied) return undefined;

  return (await publishRow(ports, row, event, "republish")).kind === "published";
}
