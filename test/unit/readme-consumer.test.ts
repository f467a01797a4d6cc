import { readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { failureNotes } from "../fakes/failure-notes.ts";
import { reported } from "../fakes/test-consumer.ts";
import { countPoints } from "../fixtures/count-points.ts";
import { created, order } from "../fixtures/events.ts";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
const row = order("readme");
const confirmed = {
  ...created(row),
  id: `${row.orderId}:2:order.confirmed`,
  type: "order.confirmed" as const,
  data: { ...created(row).data, orderVersion: 2 },
};

test("the README shows the consumer that these tests run", () => {
  expect(read("../../README.md")).toContain(`\`\`\`ts\n${read("../fixtures/count-points.ts")}\`\`\``);
});

test("the README's consumer handles a batch: effect once, a malformed body is parked, a failure is retried", async () => {
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const failures = failureNotes();
  const counted = new Set<string>();
  let failuresLeft = 1;
  const handler = countPoints(async (eventId) => {
    if (failuresLeft-- > 0) throw new Error("The table does not answer.");
    return counted.size < counted.add(eventId).size;
  }, failures);
  const bodies = [confirmed, created(order("another")), confirmed].map((event) => JSON.stringify(event));

  const first = await invoke(handler, [...bodies.slice(0, 2), "{"]);
  const second = await invoke(handler, [bodies[0] ?? "", bodies[2] ?? ""]);

  expect(first).toEqual(reported("m-0"));
  expect(failures.notes).toMatchObject([{ act: "park", reason: "MALFORMED_JSON" }]);
  expect(second).toEqual(reported());
  expect([...counted]).toEqual([confirmed.id]);
});

function invoke(handler: ReturnType<typeof countPoints>, bodies: readonly string[]): Promise<unknown> {
  const Records = bodies.map((body, index) => ({
    messageId: `m-${index}`,
    receiptHandle: `r-${index}`,
    body,
    attributes: { ApproximateReceiveCount: "1", SentTimestamp: String(Date.now()) },
    messageAttributes: {},
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:eu-central-1:123456789012:count-points",
  }));
  return handler({ Records }, { getRemainingTimeInMillis: () => 30_000 });
}
