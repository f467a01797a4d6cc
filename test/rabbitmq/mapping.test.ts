import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { rabbitConnection } from "../../functions/adapters/rabbitmq-connection.ts";
import { rabbitCopies } from "../../functions/adapters/rabbitmq-exchange.ts";
import { rabbitPublisher } from "../../functions/adapters/rabbitmq-publisher.ts";
import { RABBITMQ_QUEUE_NAMES } from "../../functions/contract/broker-names.ts";
import { systemClock } from "../../functions/middleware/clock.ts";
import { consumer } from "../../functions/middleware/consumer.ts";
import { DONE, retry } from "../../functions/middleware/outcome.ts";
import { rabbitBody, rabbitmq } from "../../functions/middleware/transports/rabbitmq.ts";
import { isSpent, retryThroughQueues } from "../../functions/middleware/transports/rabbitmq-retries.ts";
import type { RabbitServer } from "../../lib/emulator/rabbitmq/broker/start-rabbitmq.ts";
import {
  type Requeue,
  startRabbitMapping,
} from "../../lib/emulator/rabbitmq/event-source/rabbitmq-event-source.ts";
import type { InvokeResult, RunningMapping } from "../../lib/emulator/types.ts";
import { applyTopology } from "../../lib/rabbitmq-topology/apply-topology.ts";
import { rabbitTopology } from "../../lib/settings/rabbitmq-topology.ts";
import { until, untilTrue } from "../e2e/until.ts";
import { failureNotes } from "../fakes/failure-notes.ts";
import {
  call,
  NOT_OURS,
  newVhost,
  SETTINGS,
  skipIf,
  startTestRabbit,
  type TestVhost,
  textOf,
  versionOf,
} from "./broker.ts";

let server: RabbitServer;
let vhost: TestVhost;
const closing: (() => unknown)[] = [];
const ATTEMPTS = 3;
const QUEUE = "order.queue";

beforeAll(async () => {
  server = await startTestRabbit();
}, 180_000);
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(async () => {
  await server?.close();
});

async function open(settings = SETTINGS): Promise<TestVhost> {
  vhost = await newVhost(server, settings);
  closing.push(vhost.close);
  return vhost;
}

async function put(...bodies: readonly string[]): Promise<void> {
  const publisher = vhost.client.createPublisher({ confirm: true });
  for (const body of bodies)
    await publisher.send({ routingKey: QUEUE, durable: true, mandatory: true }, Buffer.from(body));
}

/** A mapping of a queue that invokes this. */
function map(
  invoke: (event: unknown) => Promise<InvokeResult>,
  { queue = QUEUE, batchSize = 10, requeue = "nack" as Requeue, windowSeconds = 0 } = {},
): RunningMapping {
  const mapping = startRabbitMapping({
    spec: {
      kind: "rabbitmq",
      functionName: "f",
      brokerArn: "arn:aws:mq:::broker",
      queue,
      batchSize,
      windowSeconds,
      enabled: true,
    },
    host: { invoke: (_, event) => invoke(event), close: async () => {} },
    url: vhost.url,
    vhost: vhost.name,
    requeue,
  });
  closing.push(mapping.stop);
  return mapping;
}

const OK: InvokeResult = { kind: "ok", payload: null };
const bodiesOf = (event: unknown) => rabbitmq({ attempts: 3 }).read(event).map(rabbitBody);

describe("the mapping", () => {
  test("invokes the function once at a time, with at most its batch size, each message once", async () => {
    await open();
    const bodies = Array.from({ length: 25 }, (_, i) => `${i}`);
    await put(...bodies);
    const seen: string[] = [];
    const sizes: number[] = [];
    let running = 0;
    let most = 0;

    map(async (event) => {
      most = Math.max(most, ++running);
      sizes.push(bodiesOf(event).length);
      seen.push(...bodiesOf(event));
      await new Promise((resolve) => setTimeout(resolve, 10));
      running -= 1;
      return OK;
    });
    await untilTrue("all are read", async () => seen.length >= 25);

    expect(most).toBe(1);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(10);
    expect(seen).toEqual(bodies);
  });

  test.each<[Requeue]>([["nack"], ["close"]])(
    "redelivers the whole batch after an error, requeued by %s, with the count of the broker",
    async (requeue) => {
      await open();
      await put("a", "b", "c");
      const batches: string[][] = [];
      const redelivered: unknown[] = [];

      map(
        async (event) => {
          const records = rabbitmq({ attempts: 3 }).read(event);
          batches.push(records.map(rabbitBody).sort());
          redelivered.push(records.every((record) => record.redelivered === true));
          return batches.length < 3 ? { kind: "error", errorType: "E", errorMessage: "no" } : OK;
        },
        { requeue, windowSeconds: 1 },
      );
      await untilTrue("it came three times", async () => batches.length >= 3);
      await untilTrue("nothing is left", isEmpty);

      expect(batches).toEqual(Array(3).fill(["a", "b", "c"]));
      expect(redelivered).toEqual([false, true, true]);
    },
  );
});

test("R8: the mapping reads on after its queue was deleted and made again", async () => {
  await open();
  const seen: string[] = [];
  map(async (event) => {
    seen.push(...bodiesOf(event));
    return seen.length > 1 ? OK : { kind: "error", errorType: "E", errorMessage: "no" };
  });
  await put("before");
  await untilTrue("it fails", async () => seen.length > 0);

  await call(server, "DELETE", `queues/${encodeURIComponent(vhost.name)}/${QUEUE}`);
  await applyTopology(vhost.management, rabbitTopology(SETTINGS));
  await put("after");

  await untilTrue("the new message is read", async () => seen.includes("after"));
});

/** The functions behind a queue and its suspects, on the real broker. `handle` may never return, as a crash does not. */
function behind(handle: (body: string, crash: () => void) => "done" | "retry", requeue: Requeue = "nack") {
  const failures = failureNotes();
  const publisher = rabbitPublisher(rabbitConnection(vhost.url), systemClock);
  closing.push(() => publisher.close());
  const handled: string[] = [];
  const invoke = (
    queue: string,
    batchSize: number,
    crashAfter: () => boolean = () => false,
    windowSeconds = 0,
  ) =>
    map(
      async (event) => {
        let isCrashed = false;
        const handler = retryThroughQueues(
          consumer<ReturnType<ReturnType<typeof rabbitmq>["read"]>[number], string>({
            name: "f",
            transport: rabbitmq({ attempts: ATTEMPTS }),
            decode: (raw) =>
              isSpent(raw, RABBITMQ_QUEUE_NAMES)
                ? { kind: "malformed", reason: "NO_REPORT", detail: "spent" }
                : { kind: "message", message: rabbitBody(raw), type: "t", lane: rabbitBody(raw) },
            handle: {
              one: async (body) => {
                handled.push(body);
                const outcome = handle(body, () => {
                  isCrashed = true;
                });
                return outcome === "done" ? DONE : retry(new Error("later"));
              },
            },
            failureLog: failures,
            clock: systemClock,
            write: () => {},
          }),
          {
            copies: rabbitCopies(publisher),
            names: RABBITMQ_QUEUE_NAMES,
            clock: systemClock,
            attempts: ATTEMPTS,
            delaysSeconds: [1, 2, 3],
          },
        );
        const result = await handler(event, { getRemainingTimeInMillis: () => 5_000 }).then(
          (): InvokeResult => OK,
          (error: Error): InvokeResult => ({
            kind: "error",
            errorType: error.name,
            errorMessage: error.message,
          }),
        );
        return isCrashed || crashAfter() ? { kind: "crashed", detail: "exit code 137" } : result;
      },
      { queue, batchSize, requeue, windowSeconds },
    );
  return { failures, handled, invoke };
}

/** 4.3 counts only rejections and lost deliveries. https://www.rabbitmq.com/docs/quorum-queues#poison-message-handling */
function countsNacks(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major < 4 || (major === 4 && minor < 3);
}

async function limitOf(queue: string): Promise<unknown> {
  const path = `queues/${encodeURIComponent(vhost.name)}/${queue}`;
  const { effective_policy_definition: applied } = (await call(server, "GET", path)) as {
    readonly effective_policy_definition?: Readonly<Record<string, unknown>>;
  };
  return applied?.["delivery-limit"];
}

const isEmpty = async () => {
  const listed = await vhost.management.queues();
  return listed.every(({ messages }) => messages === 0);
};
const times = (handled: readonly string[], body: string) => handled.filter((each) => each === body).length;

describe("retries, suspects and the broker", () => {
  test.each<[Requeue]>([["nack"], ["close"]])(
    "R1, R2: of twenty messages with one poison and three that fail, each ends once, requeued by %s",
    async (requeue) => {
      await open();
      const good = Array.from({ length: 17 }, (_, i) => `good ${i}`);
      await put(...good, "fails 0", "fails 1", "fails 2");
      const { failures, handled, invoke } = behind(
        (body) => (body.startsWith("fails") ? "retry" : "done"),
        requeue,
      );

      invoke(QUEUE, 10);
      await untilTrue("three are parked", async () => failures.notes.length === 3);
      await untilTrue("nothing is left", isEmpty);

      for (const body of good) expect(times(handled, body)).toBe(1);
      for (const number of [0, 1, 2]) expect(times(handled, `fails ${number}`)).toBe(ATTEMPTS);
      expect(failures.notes.map(({ act, reason }) => [act, reason])).toEqual(
        Array(3).fill(["park", "RETRIES_EXHAUSTED"]),
      );
    },
  );

  test("R3: a crash between the copy and the acknowledgement makes a duplicate, and loses nothing", async () => {
    await open();
    await put("fails once", "good");
    let crashes = 1;
    const failedBefore = new Set<string>();
    const { handled, invoke } = behind((body) => {
      if (body === "good" || failedBefore.has(body)) return "done";
      failedBefore.add(body);
      return "retry";
    });

    invoke(QUEUE, 10, () => crashes-- > 0, 1);
    await untilTrue("nothing is left", async () => handled.length >= 4 && (await isEmpty()));

    expect(times(handled, "good")).toBe(2);
    expect(times(handled, "fails once")).toBeGreaterThanOrEqual(2);
  });

  test("R4: while a retry queue is missing nothing is acknowledged; once it exists the message goes on", async () => {
    await open();
    const missing = `queues/${encodeURIComponent(vhost.name)}/order.queue.retry.1s`;
    await call(server, "DELETE", missing);
    await put("fails");
    const { failures, handled, invoke } = behind(() => "retry");

    invoke(QUEUE, 10);
    invoke(RABBITMQ_QUEUE_NAMES.suspects(QUEUE), 1);
    await untilTrue("it is redelivered", async () => times(handled, "fails") >= 2);
    expect(failures.notes).toEqual([]);
    await call(server, "PUT", missing, { durable: true, arguments: { "x-queue-type": "quorum" } });

    await untilTrue("it is parked", async () => failures.notes.length === 1);
    await untilTrue("nothing is left", isEmpty);
  });

  test.each<[Requeue]>([["nack"], ["close"]])(
    "R5: neighbours of a message that kills the function get through, and it is parked as NO_REPORT, requeued by %s",
    async (requeue) => {
      await open();
      const good = Array.from({ length: 5 }, (_, i) => `good ${i}`);
      await put(...good.slice(0, 2), "killer", ...good.slice(2));
      const effects = new Set<string>();
      const { failures, handled, invoke } = behind((body, crash) => {
        if (body === "killer") crash();
        else effects.add(body);
        return "done";
      }, requeue);

      invoke(QUEUE, 10);
      invoke(RABBITMQ_QUEUE_NAMES.suspects(QUEUE), 1);
      await untilTrue("it is parked", async () => failures.notes.length > 0);
      await untilTrue("nothing is left", isEmpty);

      expect(effects).toEqual(new Set(good));
      expect(failures.notes.map(({ reason, message }) => [reason, message.body])).toEqual([
        ["NO_REPORT", "killer"],
      ]);
      expect(times(handled, "killer")).toBeLessThan(20);
    },
  );

  test.for<Requeue>(["nack", "close"])(
    "R7: a message whose batches fail reaches the delivery limit and is dead-lettered, requeued by %s",
    async (requeue, context) => {
      const version = await versionOf(server);
      skipIf(
        requeue === "nack" && !countsNacks(version),
        `RabbitMQ ${version} counts no negative acknowledgement`,
        context,
      );
      await open();
      const [policy] = (await vhost.management.policies()).filter(({ name }) => name === QUEUE);
      if (policy === undefined) throw new Error("There is no policy.");
      await vhost.management.putPolicy({
        ...policy,
        definition: { ...policy.definition, "delivery-limit": 3 },
      });
      await untilTrue("the policy applies", async () => (await limitOf(QUEUE)) === 3);
      await put("never handled");
      let deliveries = 0;

      map(
        async () => {
          deliveries += 1;
          return { kind: "crashed", detail: "it does not start" };
        },
        { requeue },
      );
      const dead = await until("it is dead-lettered", async () => (await vhost.drain("order.dlq"))[0]);

      expect(dead.headers?.["x-first-death-reason"]).toBe("delivery_limit");
      expect(textOf(dead)).toBe("never handled");
      expect(deliveries).toBeGreaterThanOrEqual(3);
      await untilTrue("nothing is left", isEmpty);
    },
  );

  test("R9: after the broker was killed under load, every confirmed message is handled", async (context) => {
    skipIf(!server.isOurs, NOT_OURS, context);
    await open();
    const publisher = vhost.client.createPublisher({ confirm: true });
    const confirmed: string[] = [];
    const seen = new Set<string>();
    const { invoke } = behind((body) => {
      seen.add(body);
      return "done";
    });
    invoke(QUEUE, 10);
    const publishing = (async () => {
      for (let i = 0; i < 400; i++) {
        const body = `message ${i}`;
        await publisher
          .send({ routingKey: QUEUE, durable: true, mandatory: true }, Buffer.from(body))
          .then(() => confirmed.push(body))
          .catch(() => {});
      }
    })();
    await untilTrue("some are confirmed", async () => confirmed.length > 50);
    await server.kill();
    await server.restart();
    await publishing;

    await untilTrue(
      "every confirmed message is handled",
      async () => confirmed.every((body) => seen.has(body)),
      120_000,
    );
    expect(confirmed.length).toBeGreaterThan(50);
    await untilTrue("nothing is left", isEmpty, 120_000);
  }, 300_000);
});
