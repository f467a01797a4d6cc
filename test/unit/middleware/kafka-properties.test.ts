import fc from "fast-check";
import { expect, test } from "vitest";
import { METRICS } from "../../../functions/contract/names.ts";
import type { OrderEvent } from "../../../functions/contract/schemas.ts";
import { consumer } from "../../../functions/middleware/consumer.ts";
import { DONE, type Outcome, park, retry } from "../../../functions/middleware/outcome.ts";
import { type KafkaRecord, kafka } from "../../../functions/middleware/transports/kafka.ts";
import { decodeRecord, parseRecord } from "../../../functions/orders/decode-record.ts";
import { failureNotes } from "../../fakes/failure-notes.ts";
import { fakeClock } from "../../fakes/fake-clock.ts";
import { sink } from "../../fakes/sink.ts";
import { cancelled, created, NOW, order } from "../../fixtures/events.ts";
import { base64, kafkaEvent } from "../../fixtures/kafka-events.ts";
import { context } from "../../fixtures/lambda-events.ts";

const ids = fc.constantFrom("1", "2", "3", "4");
const values = fc.oneof(
  { weight: 4, arbitrary: ids.map((id) => base64(JSON.stringify(created(order(id))))) },
  { weight: 2, arbitrary: ids.map((id) => base64(JSON.stringify(cancelled(order(id))))) },
  fc.constantFrom(null, undefined, "", "%", "AA", "/////w==", base64("{"), base64("null"), 7, {}, []),
  fc.base64String(),
  fc.anything(),
);
const headers = fc.oneof(
  fc.constantFrom(
    undefined,
    null,
    [],
    {},
    "x",
    [null],
    [[1]],
    [{ redriveId: [49] }],
    [{ dlqRetryCount: "1" }],
  ),
  fc.array(fc.dictionary(fc.string(), fc.array(fc.integer({ min: -200, max: 300 })))),
  fc.anything(),
);
const keys = fc.oneof(ids.map(base64), fc.constantFrom(null, undefined, "", "%", 7, {}));
const records = fc.array(
  fc.record({
    topic: fc.constant("order-events"),
    partition: fc.nat({ max: 2 }),
    // Offsets can repeat and decrease.
    offset: fc.nat({ max: 12 }),
    timestamp: fc.constantFrom(NOW, NOW - 4_000_000, 0, undefined, "x"),
    key: keys,
    value: values,
    headers,
  }),
  { maxLength: 20 },
) as fc.Arbitrary<KafkaRecord[]>;

const batches = fc.record({
  records,
  ends: fc.array(fc.constantFrom<Outcome["kind"] | "throw">("done", "duplicate", "retry", "park", "throw"), {
    minLength: 20,
    maxLength: 20,
  }),
  mode: fc.constantFrom("one", "many"),
  storeIsDown: fc.boolean(),
  mayBeLastAfterSeconds: fc.constantFrom(undefined, 1_800),
});

const end = (kind: string | undefined): Outcome => {
  if (kind === "throw") throw new Error("thrown");
  if (kind === "retry") return retry(new Error("later"));
  return kind === "park" ? park("STATE_CONFLICT") : kind === "duplicate" ? { kind: "duplicate" } : DONE;
};

/** A consumer of Kafka with these outcomes, which keeps its records in the order of their handling. */
function observed(ends: readonly string[], mode: string, mayBeLastAfterSeconds: number | undefined) {
  const failures = failureNotes();
  const out = sink();
  const clock = fakeClock(NOW);
  const seen: OrderEvent[] = [];
  const waves: OrderEvent[][] = [];
  const one = (event: OrderEvent) => {
    seen.push(event);
    return end(ends[seen.length % ends.length]);
  };
  const many = async (events: readonly OrderEvent[]) => {
    waves.push([...events]);
    return events.map(one);
  };
  const handler = consumer({
    name: "kafka",
    transport: kafka(mayBeLastAfterSeconds === undefined ? undefined : { clock, mayBeLastAfterSeconds }),
    parse: parseRecord,
    decode: decodeRecord,
    handle: mode === "one" ? { one: async (event) => one(event) } : { many },
    failureLog: failures,
    clock,
    write: out.write,
  });
  return { handler, failures, out, seen, waves };
}

const nameOf = ({ topic, partition, offset }: KafkaRecord) => `${topic}-${partition}@${offset}`;
const COUNTS = ["consumed", "duplicate", "ignored", "failed", "parked"] as const;

test("C3, F4: for any topic, nothing throws, only its records are reported, and counts add up", async () => {
  await fc.assert(
    fc.asyncProperty(batches, async ({ records, ends, mode, storeIsDown, mayBeLastAfterSeconds }) => {
      const { handler, failures, out } = observed(ends, mode, mayBeLastAfterSeconds);
      failures.isDown = storeIsDown;

      const response = (await handler(kafkaEvent(...records), context())) as {
        batchItemFailures: { itemIdentifier: { partition: string; offset: number } }[];
      };

      const reported = response.batchItemFailures.map(
        ({ itemIdentifier }) => `${itemIdentifier.partition}@${itemIdentifier.offset}`,
      );
      const names = new Set(records.map(nameOf));
      expect(reported.filter((name) => !names.has(name))).toEqual([]);
      expect(new Set(reported).size).toBe(reported.length);
      expect(out.total(METRICS.received)).toBe(records.length);
      const counted = COUNTS.reduce((sum, name) => sum + out.total(METRICS[name]), 0);
      expect(counted).toBe(records.length);
      const failed = out.total(METRICS.failed);
      expect(reported.length === 0).toBe(failed === 0);
      expect(reported.length).toBeLessThanOrEqual(failed);
    }),
    { numRuns: 400 },
  );
});

test("F3: records of one key are handled in their order, and none after a failure of that key", async () => {
  const shapes = fc.array(
    fc.record({ key: ids, partition: fc.nat({ max: 1 }), end: fc.constantFrom("done", "retry") }),
    {
      minLength: 1,
      maxLength: 30,
    },
  );
  await fc.assert(
    fc.asyncProperty(shapes, fc.constantFrom("one", "many"), async (shape, mode) => {
      // Each record has its own order as an identity; the key makes the lane.
      const sent = shape.map(({ key, partition }, i) => ({
        record: {
          ...recordOf(i),
          key: base64(key),
          partition,
        },
        lane: `${partition} ${key}`,
        end: shape[i]?.end,
        subject: order(`${i}`).orderId,
      }));
      const bySubject = new Map(sent.map((each) => [each.subject, each]));
      const seen: string[] = [];
      const one = (event: OrderEvent): Outcome => {
        seen.push(event.subject);
        return bySubject.get(event.subject)?.end === "retry" ? retry(new Error("later")) : DONE;
      };
      const handler = consumer({
        name: "kafka",
        transport: kafka(),
        decode: decodeRecord,
        handle:
          mode === "one" ? { one: async (event) => one(event) } : { many: async (events) => events.map(one) },
        failureLog: failureNotes(),
        clock: fakeClock(NOW),
        write: () => {},
      });

      const response = await handler(kafkaEvent(...sent.map(({ record }) => record)), context());

      for (const lane of new Set(sent.map((each) => each.lane))) {
        const ofLane = sent.filter((each) => each.lane === lane);
        const failure = ofLane.findIndex(({ end }) => end === "retry");
        const run = failure === -1 ? ofLane : ofLane.slice(0, failure + 1);
        expect(seen.filter((subject) => bySubject.get(subject)?.lane === lane)).toEqual(
          run.map(({ subject }) => subject),
        );
      }
      const after = (lane: string, index: number) =>
        sent.findIndex((each) => each.lane === lane && each.end === "retry") !== -1 &&
        index >= sent.findIndex((each) => each.lane === lane && each.end === "retry");
      const failed = sent.filter(({ lane }, i) => after(lane, i)).map(({ record }) => nameOf(record));
      const { batchItemFailures } = response as {
        batchItemFailures: { itemIdentifier: { partition: string; offset: number } }[];
      };
      expect(
        batchItemFailures.map(({ itemIdentifier: { partition, offset } }) => `${partition}@${offset}`).sort(),
      ).toEqual(failed.sort());
    }),
    { numRuns: 200 },
  );
});

function recordOf(index: number): KafkaRecord {
  const event = created(order(`${index}`));
  return {
    topic: "order-events",
    partition: 0,
    offset: index,
    value: base64(JSON.stringify(event)),
    headers: [],
  };
}

test("F5: two records of one lane are never in one call", async () => {
  await fc.assert(
    fc.asyncProperty(batches, async ({ records, ends }) => {
      const { handler, waves } = observed(ends, "many", undefined);

      await handler(kafkaEvent(...records), context());

      const most = new Set(records.map((record) => kafka().lane(record))).size;
      for (const wave of waves) expect(wave.length).toBeLessThanOrEqual(most);
    }),
    { numRuns: 200 },
  );
});
