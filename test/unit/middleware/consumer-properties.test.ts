import fc from "fast-check";
import { expect, test } from "vitest";
import { METRICS } from "../../../functions/contract/names.ts";
import type { Outcome } from "../../../functions/middleware/outcome.ts";
import { testConsumer } from "../../fakes/test-consumer.ts";
import { cancelled, created, order } from "../../fixtures/events.ts";
import { context, sqsEvent, sqsRecord } from "../../fixtures/lambda-events.ts";

const bodies = fc.oneof(
  fc.constantFrom("1", "2", "3", "4").map((id) => JSON.stringify(created(order(id)))),
  fc.constantFrom("1", "2", "3", "4").map((id) => JSON.stringify(cancelled(order(id)))),
  fc.constantFrom("", "{", "null", "[]", '{"type":"x"}', '{"__proto__":1}'),
  fc.json({ maxDepth: 2 }),
);

/** Valid and invalid attributes. */
const garbage = fc.record(
  {
    ApproximateReceiveCount: fc.constantFrom("1", "4", "5", "99", "0", "-1", "x", "", "1e9", undefined),
    SentTimestamp: fc.constantFrom("1767268800000", "0", "-5", "x", "99999999999999", undefined),
    MessageGroupId: fc.constantFrom("g", "h", "", undefined),
    redrive: fc.constantFrom("0", "2", "x", "-1", "1e9", undefined),
  },
  { requiredKeys: [] },
);
const END_NAMES = ["done", "duplicate", "ignored", "retry", "park", "throw", "nothing", "junk"] as const;
const batches = fc.record({
  records: fc.array(fc.record({ body: bodies, garbage }), { maxLength: 15 }),
  ends: fc.array(fc.constantFrom(...END_NAMES), { minLength: 15, maxLength: 15 }),
  mode: fc.constantFrom("one", "many"),
  storeIsDown: fc.boolean(),
  queueIsDown: fc.boolean(),
  sinkIsDown: fc.boolean(),
  remainingMs: fc.constantFrom(30_000, 1_500, 1_000, 0),
});

function end(name: (typeof END_NAMES)[number]): Outcome {
  switch (name) {
    case "throw":
      throw new Error("thrown");
    case "nothing":
      return undefined as unknown as Outcome;
    case "junk":
      return { kind: "success" } as unknown as Outcome;
    case "park":
      return { kind: "park", reason: "STATE_CONFLICT" };
    case "ignored":
      return { kind: "ignored", why: "x" };
    default:
      return { kind: name };
  }
}

const COUNTS = ["consumed", "duplicate", "ignored", "failed", "parked"] as const;

test("C3: never throws on plausible garbage, reports exactly the records that are not acknowledged, and counts add up", async () => {
  await fc.assert(
    fc.asyncProperty(
      batches,
      async ({ records, ends, mode, storeIsDown, queueIsDown, sinkIsDown, remainingMs }) => {
        let next = 0;
        const one = async () => end(ends[next++ % ends.length] ?? "done");
        const many = async (events: readonly unknown[]) => {
          const outcomes: Outcome[] = [];
          for (const _ of events) outcomes.push(await one());
          return outcomes;
        };
        const consumer = testConsumer(mode === "one" ? { one } : { many }, {
          ...(sinkIsDown
            ? {
                write() {
                  throw new Error("EPIPE");
                },
              }
            : {}),
        });
        consumer.failures.isDown = storeIsDown;
        if (queueIsDown) consumer.queues.changeVisibility = () => Promise.reject(new Error("down"));
        const event = sqsEvent(
          ...records.map(({ body, garbage: { redrive, ...attributes } }, i) => ({
            ...sqsRecord(body, {
              messageId: `m${i}`,
              ...(redrive === undefined ? {} : { attributes: { dlqRetryCount: redrive } }),
            }),
            attributes,
          })),
        );

        const response = (await consumer.handler(event, context(remainingMs))) as {
          batchItemFailures: { itemIdentifier: string }[];
        };

        const ids = response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids.every((id) => /^m\d+$/.test(id) && Number(id.slice(1)) < records.length)).toBe(true);
        if (sinkIsDown) return;

        const { out } = consumer;
        expect(out.total(METRICS.received)).toBe(records.length);
        expect(COUNTS.reduce((sum, name) => sum + out.total(METRICS[name]), 0)).toBe(records.length);
        // Exactly the failed records are reported.
        expect(out.total(METRICS.failed)).toBe(ids.length);
        const finished = out.lines().filter(({ outcome }) => outcome !== "retry");
        expect(finished.length).toBe(records.length - ids.length);
        for (const line of out.metrics()) {
          expect(["order.created", "order.cancelled", "unknown"]).toContain(line["type"]);
        }
      },
    ),
    { numRuns: 300 },
  );
});
