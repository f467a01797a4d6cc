import fc from "fast-check";
import { expect, test } from "vitest";
import { RABBITMQ_QUEUE_NAMES } from "../../../functions/contract/broker-names.ts";
import { METRICS } from "../../../functions/contract/names.ts";
import type { OrderEvent } from "../../../functions/contract/schemas.ts";
import { consumer } from "../../../functions/middleware/consumer.ts";
import { DONE, type Outcome, park, retry } from "../../../functions/middleware/outcome.ts";
import {
  copiedHeaders,
  type RabbitRecord,
  rabbitEvent,
  rabbitmq,
} from "../../../functions/middleware/transports/rabbitmq.ts";
import {
  type RabbitCopy,
  retryThroughQueues,
} from "../../../functions/middleware/transports/rabbitmq-retries.ts";
import { decodeRabbitRecord, parseRabbitRecord } from "../../../functions/orders/decode-record.ts";
import { failureNotes } from "../../fakes/failure-notes.ts";
import { fakeClock } from "../../fakes/fake-clock.ts";
import { sink } from "../../fakes/sink.ts";
import { cancelled, created, NOW, order } from "../../fixtures/events.ts";
import { context } from "../../fixtures/lambda-events.ts";
import { rabbitEventOf, rabbitRecord } from "../../fixtures/rabbitmq-events.ts";

const ATTEMPTS = 3;
const base64 = (text: string) => Buffer.from(text).toString("base64");
const ids = fc.constantFrom("1", "2", "3");
const data = fc.oneof(
  { weight: 4, arbitrary: ids.map((id) => base64(JSON.stringify(created(order(id))))) },
  { weight: 2, arbitrary: ids.map((id) => base64(JSON.stringify(cancelled(order(id))))) },
  fc.constantFrom(null, undefined, "", "%", "AA", "/////w==", base64("{"), base64("null"), 7, {}, []),
  fc.anything(),
);
const OWN = ["attempt", "suspected", "sentAt", "redriveId", "dlqRetryCount", "failedKey", "__proto__"];
const BROKERS = ["x-delivery-count", "x-acquired-count", "x-death", "X-Delivery-Count"];
const headers = fc.oneof(
  fc.constantFrom(undefined, null, [], "x", {}),
  fc.dictionary(
    fc.constantFrom(...OWN, ...BROKERS, "other"),
    fc.oneof(
      fc.constantFrom("1", "2", "3", "9", "-1", "", "many", "1e3"),
      fc.integer(),
      fc.array(fc.integer({ min: -200, max: 300 })).map((bytes) => ({ bytes })),
      fc.anything(),
    ),
  ),
);
const records = fc.array(
  fc.record({
    queue: fc.constantFrom("order.queue", "order.queue.suspect", "a::b", "order.cancelled.queue"),
    vhost: fc.constantFrom("/", "shop", ""),
    basicProperties: fc.oneof(
      fc.record({ headers, messageId: fc.constantFrom(null, "id", 7), type: fc.anything() }),
      fc.constantFrom(null, undefined, "x", []),
    ),
    redelivered: fc.constantFrom(true, false, undefined, "yes"),
    data,
  }),
  { maxLength: 20 },
) as fc.Arbitrary<RabbitRecord[]>;

const end = (kind: string | undefined): Outcome => {
  if (kind === "throw") throw new Error("thrown");
  if (kind === "retry") return retry(new Error("later"));
  return kind === "park" ? park("STATE_CONFLICT") : kind === "duplicate" ? { kind: "duplicate" } : DONE;
};

/** A consumer of RabbitMQ with these outcomes, and what it put into queues. */
function observed(ends: readonly string[]) {
  const failures = failureNotes();
  const out = sink();
  const clock = fakeClock(NOW);
  const copies: RabbitCopy[] = [];
  const broker = { isDown: false };
  let handled = 0;
  const handler = retryThroughQueues(
    consumer({
      name: "rabbitmq",
      transport: rabbitmq({ attempts: ATTEMPTS }),
      parse: parseRabbitRecord,
      decode: decodeRabbitRecord,
      handle: { one: async (_: OrderEvent) => end(ends[handled++ % ends.length]) },
      failureLog: failures,
      clock,
      write: out.write,
    }),
    {
      copies: {
        async put(each) {
          if (broker.isDown) throw new Error("down");
          copies.push(...each);
        },
      },
      names: RABBITMQ_QUEUE_NAMES,
      clock,
      attempts: ATTEMPTS,
      delaysSeconds: [5, 30, 120],
    },
  );
  return { handler, failures, out, copies, broker, handled: () => handled };
}

const batches = fc.record({
  records,
  ends: fc.array(fc.constantFrom("done", "duplicate", "retry", "park", "throw"), {
    minLength: 1,
    maxLength: 9,
  }),
  storeIsDown: fc.boolean(),
  brokerIsDown: fc.boolean(),
});

test("R1, R4: for any queue, a return means that each message is done, parked or in another queue", async () => {
  await fc.assert(
    fc.asyncProperty(batches, async ({ records, ends, storeIsDown, brokerIsDown }) => {
      const { handler, failures, out, copies, broker } = observed(ends);
      failures.isDown = storeIsDown;
      broker.isDown = brokerIsDown;

      const result = await handler(rabbitEventOf(...records), context()).then(
        () => "returned",
        (error: Error) => error.message,
      );

      const moved = copies.filter(({ headers }) => headers["suspected"] !== undefined).length;
      const retried = copies.length - moved;
      const received = out.total(METRICS.received);
      const finished = ["consumed", "duplicate", "ignored", "parked"] as const;
      const counted = finished.reduce((sum, name) => sum + out.total(METRICS[name]), 0);
      if (result === "returned") {
        expect(counted + retried + moved).toBe(records.length);
        expect(failures.notes.filter(({ act }) => act === "park")).toHaveLength(out.total(METRICS.parked));
      } else {
        expect(result).toBe("down");
        expect(copies).toEqual([]);
      }
      expect(received).toBeLessThanOrEqual(records.length);
      if (storeIsDown) expect(out.total(METRICS.parked)).toBe(0);
    }),
    { numRuns: 400 },
  );
});

test("R10: whatever headers a client forges, a message that always fails is parked after three attempts at most", async () => {
  await fc.assert(
    fc.asyncProperty(headers, async (forged) => {
      const { handler, failures, copies, handled } = observed(["retry"]);
      const first = rabbitRecord(created(order("1")));
      let record: RabbitRecord = {
        ...first,
        basicProperties: { ...Object(first.basicProperties), headers: forged },
      };

      for (let delivery = 0; delivery < 12 && failures.notes.every(({ act }) => act !== "park"); delivery++) {
        copies.length = 0;
        await handler(rabbitEventOf(record), context());
        const [copy] = copies;
        if (copy === undefined) break;
        // As the broker hands a copy over: its headers, and the queue that the retry queue leads to.
        const queue = copy.queue.endsWith(".suspect") ? copy.queue : "order.queue";
        record = rabbitRecord(created(order("1")), {
          queue,
          headers: { ...copiedHeaders(copy.record), ...copy.headers },
        });
      }

      expect(failures.notes.filter(({ act }) => act === "park")).toHaveLength(1);
      expect(handled()).toBeLessThanOrEqual(ATTEMPTS);
    }),
    { numRuns: 300 },
  );
});

const KEYS = ["order.queue", "order.queue.suspect", "a::b", "::", ":", "shop::order.queue"] as const;
const messages = fc.array(
  fc.record({
    queue: fc.constantFrom(...KEYS),
    isEvent: fc.boolean(),
    headers,
    redelivered: fc.boolean(),
    end: fc.constantFrom("done", "duplicate", "retry", "park", "throw"),
    isStorable: fc.boolean(),
  }),
  { minLength: 1, maxLength: 8 },
);
const interleavings = fc.record({
  scheduler: fc.scheduler(),
  messages,
  concurrency: fc.constantFrom(1, 3, 10),
  timesOut: fc.boolean(),
  /** Which call to the broker it refuses, if any. */
  refused: fc.constantFrom(undefined, 0, 1),
});

test("R3, R4, R10: in any interleaving, no message is acknowledged that is not done, stored or in another queue", async () => {
  await fc.assert(
    fc.asyncProperty(interleavings, async ({ scheduler, messages, concurrency, timesOut, refused }) => {
      const clock = fakeClock(NOW);
      const step = (label: string) => scheduler.schedule(Promise.resolve(), label);
      const kept = new Set<string>();
      const bodies = messages.map(({ isEvent }, i) =>
        isEvent ? JSON.stringify(created(order(`${i}`))) : `{ poison ${i}`,
      );
      const indexOf = (body: string) => bodies.indexOf(body);
      let puts = 0;
      const handler = retryThroughQueues(
        consumer({
          name: "rabbitmq",
          transport: rabbitmq({ attempts: ATTEMPTS }),
          parse: parseRabbitRecord,
          decode: decodeRabbitRecord,
          handle: {
            async one(event: OrderEvent) {
              await step("handle");
              const body = JSON.stringify(event);
              const outcome = end(messages[indexOf(body)]?.end);
              if (outcome.kind === "done" || outcome.kind === "duplicate") kept.add(body);
              return outcome;
            },
          },
          failureLog: {
            async park({ body }) {
              await step("park");
              if (messages[indexOf(body)]?.isStorable !== true) throw new Error("The store is down.");
              kept.add(body);
            },
            lastAttemptFailed: () => step("store"),
            resolve: () => step("resolve"),
          },
          settings: { concurrency },
          clock,
          write: () => {},
        }),
        {
          copies: {
            async put(copies) {
              await step("put");
              if (puts++ === refused) throw new Error("refused");
              for (const { record } of copies)
                kept.add(Buffer.from(String(record.data), "base64").toString());
            },
          },
          names: RABBITMQ_QUEUE_NAMES,
          clock,
          attempts: ATTEMPTS,
          delaysSeconds: [5, 30, 120],
        },
      );
      const records = messages.map(({ queue, headers, redelivered }, i): RabbitRecord => {
        const basicProperties = { headers, messageId: `m-${i}` };
        return { queue, vhost: "/", basicProperties, redelivered, data: base64(bodies[i] ?? "") };
      });
      if (timesOut) void step("the time is up").then(() => clock.advance(60_000));

      const lost = await scheduler.waitFor(
        handler(rabbitEventOf(...records), context()).then(
          () => bodies.filter((body) => !kept.has(body)),
          () => [],
        ),
      );

      expect(lost).toEqual([]);
    }),
    { numRuns: 400 },
  );
});

test("an event has the same messages under the same keys after it was read and put together again", () => {
  const keys = fc.tuple(fc.constantFrom(...KEYS), fc.constantFrom("/", "shop", "", "a:b", ":"));
  const events = fc.dictionary(
    keys.map(([queue, vhost]) => `${queue}::${vhost}`),
    fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
  );
  fc.assert(
    fc.property(events, (numbers) => {
      const rmqMessagesByQueue = Object.fromEntries(
        Object.entries(numbers).map(([key, all]) => [key, all.map((data) => ({ data: base64(`${data}`) }))]),
      );
      const event = { eventSource: "aws:rmq", rmqMessagesByQueue };

      const again = rabbitEvent(event, rabbitmq({ attempts: ATTEMPTS }).read(event));

      const read = (again as typeof event).rmqMessagesByQueue;
      const dataOf = (all: readonly { data: string }[] = []) => all.map(({ data }) => data);
      expect(Object.keys(read).sort()).toEqual(Object.keys(rmqMessagesByQueue).sort());
      for (const [key, all] of Object.entries(rmqMessagesByQueue))
        expect(dataOf(read[key])).toEqual(dataOf(all));
    }),
  );
});

test("no copy carries a header of the broker", async () => {
  await fc.assert(
    fc.property(records, (all) => {
      for (const record of all)
        expect(Object.keys(copiedHeaders(record)).filter((name) => /^x-/i.test(name))).toEqual([]);
    }),
  );
});
