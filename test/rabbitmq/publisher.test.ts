import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { rabbitConnection } from "../../functions/adapters/rabbitmq-connection.ts";
import { rabbitCopies, rabbitExchange } from "../../functions/adapters/rabbitmq-exchange.ts";
import { type RabbitPublisher, rabbitPublisher } from "../../functions/adapters/rabbitmq-publisher.ts";
import { RABBITMQ } from "../../functions/contract/broker-names.ts";
import { systemClock } from "../../functions/middleware/clock.ts";
import type { Published } from "../../functions/publishing/ports/publisher.ts";
import type { RabbitServer } from "../../lib/emulator/rabbitmq/broker/start-rabbitmq.ts";
import { describePublisher } from "../contract/publisher-suite.ts";
import { cancelled, created, order, outgoing } from "../fixtures/events.ts";
import { call, newVhost, SETTINGS, startTestRabbit, type TestVhost, textOf } from "./broker.ts";

let server: RabbitServer;
const vhosts: TestVhost[] = [];
const open: RabbitPublisher[] = [];
const event = created(order("1"));
/** Of a type that no queue is bound to. */
const confirmed = (key: string) => ({ ...created(order(key)), type: "order.confirmed" }) as const;

beforeAll(async () => {
  server = await startTestRabbit();
}, 180_000);
afterEach(async () => {
  for (const publisher of open.splice(0)) publisher.close();
  for (const vhost of vhosts.splice(0)) await vhost.close();
});
afterAll(async () => {
  await server?.close();
});

async function vhost(settings: Parameters<typeof newVhost>[1] = SETTINGS): Promise<TestVhost> {
  const made = await newVhost(server, settings);
  vhosts.push(made);
  return made;
}

function publisherTo(url: string, secret?: Parameters<typeof rabbitConnection>[1]) {
  const publisher = rabbitPublisher(rabbitConnection(url, secret), systemClock);
  open.push(publisher);
  return { publisher, exchange: rabbitExchange(publisher, RABBITMQ.exchange, systemClock) };
}

describePublisher("to RabbitMQ", async () => {
  const { url, drain } = await vhost();
  const { exchange } = publisherTo(url);
  return { publisher: exchange, published: async () => (await drain("order.queue")).map(textOf) };
});

/** One refusal, and the text of its error. */
async function refusalBy(publish: Promise<readonly { readonly kind: string; readonly error?: unknown }[]>) {
  const [answer] = await publish;
  expect(answer?.kind).toBe("refused");
  return String((answer?.error as Error | undefined)?.message);
}

describe("the publisher to RabbitMQ", () => {
  test("writes an event as a durable message with its type, its ids and its trace", async () => {
    const { url, drain } = await vhost();
    const { exchange } = publisherTo(url);
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const traced = { ...event, traceparent };

    await exchange.publish([{ event: traced, attributes: { redriveId: "r", failedKey: "k" } }]);

    const [message] = await drain("order.queue");
    expect(message).toMatchObject({
      exchange: RABBITMQ.exchange,
      routingKey: "order.created",
      messageId: event.id,
      correlationId: event.subject,
      type: "order.created",
      durable: true,
      headers: { type: "order.created", redriveId: "r", failedKey: "k", traceparent },
    });
  });

  test("puts each type into its own queue", async () => {
    const { url, drain } = await vhost();
    const { exchange } = publisherTo(url);

    await exchange.publish([{ event }, { event: cancelled(order("1")) }]);

    expect(await drain("order.queue")).toHaveLength(1);
    expect(await drain("order.cancelled.queue")).toHaveLength(1);
  });

  test("R6: is refused by a full queue, and nothing that was accepted is dropped", async () => {
    const { url, drain } = await vhost({ ...SETTINGS, rabbitmqQueueLength: 5 });
    const { exchange } = publisherTo(url);
    const events = Array.from({ length: 30 }, (_, i) => created(order(`${i}`)));

    const answers: Published[] = [];
    for (const each of events) answers.push(...(await exchange.publish([{ event: each }])));

    const accepted = events.filter((_, i) => answers[i]?.kind === "published");
    expect(accepted.length).toBeGreaterThan(0);
    expect(accepted.length).toBeLessThan(30);
    expect(await refusalBy(exchange.publish([{ event }]))).toMatch(/^QUEUE_FULL: .*order\.exchange.*length/);
    expect((await drain("order.queue")).map(textOf)).toEqual(accepted.map((each) => JSON.stringify(each)));
    expect(await exchange.publish([{ event }])).toEqual([{ kind: "published" }]);
  });

  test("R8: takes a message that no queue gets for refused, and names exchange and key", async () => {
    const { url } = await vhost();
    const { exchange } = publisherTo(url);

    const answers = await exchange.publish(outgoing([confirmed("1"), event, confirmed("2")]));

    expect(answers.map(({ kind }) => kind)).toEqual(["refused", "published", "refused"]);
    expect(await refusalBy(exchange.publish([{ event: confirmed("1") }]))).toMatch(
      /^UNROUTABLE: .*order\.exchange.*order\.confirmed.*rabbitmq:topology/,
    );
  });

  test("R8: names a queue that is missing for a copy", async () => {
    const { url } = await vhost();
    const copies = rabbitCopies(publisherTo(url).publisher);
    const record = { queue: "order.queue", vhost: "/", data: "e30=" };

    const put = copies.put([{ queue: "gone", record, headers: {} }], Date.now() + 10_000);

    await expect(put).rejects.toThrow(/^UNROUTABLE: There is no queue gone\./);
  });

  test("R8: names an exchange that is missing, for each event of the call", async () => {
    const { url } = await vhost();
    const { publisher } = publisherTo(url);
    const exchange = rabbitExchange(publisher, "no.exchange", systemClock);

    const answers = await exchange.publish([{ event }, { event: cancelled(order("1")) }]);

    for (const answer of answers) {
      expect(answer).toMatchObject({ kind: "refused", permanent: false });
      expect(String((answer as { error: Error }).error.message)).toMatch(/^EXCHANGE_NOT_FOUND: no\.exchange/);
    }
  });

  test("R12: names a refused login, and holds no password", async () => {
    const { url } = await vhost();
    const wrong = new URL(url);
    wrong.password = "secret-1";

    const text = await refusalBy(publisherTo(wrong.href).exchange.publish([{ event }]));

    expect(text).toMatch(/^LOGIN_REFUSED: .*secret/);
    expect(text).not.toContain("secret-1");
  });

  test("R12: reads the secret again after a refused login", async () => {
    const { url, drain } = await vhost();
    const { username, password } = new URL(url);
    const bare = new URL(url);
    bare.username = "";
    bare.password = "";
    const asked: boolean[] = [];
    const { exchange } = publisherTo(bare.href, async (isStale) => {
      asked.push(isStale);
      return { username, password: isStale ? password : "rotated" };
    });

    expect(await refusalBy(exchange.publish([{ event }]))).toMatch(/^LOGIN_REFUSED/);
    expect(await exchange.publish([{ event }])).toEqual([{ kind: "published" }]);

    expect(asked).toEqual([false, true]);
    expect(await drain("order.queue")).toHaveLength(1);
  });

  test("R12: names a secret that cannot be read", async () => {
    const { url } = await vhost();
    const { exchange } = publisherTo(url, async () => {
      throw Object.assign(new Error("no"), { name: "AccessDeniedException" });
    });

    expect(await refusalBy(exchange.publish([{ event }]))).toMatch(
      /^SECRET_UNREADABLE: .*AccessDeniedException/,
    );
  });

  test("R12: names a vhost that does not exist", async () => {
    const { url } = await vhost();
    const wrong = new URL(url);
    wrong.pathname = "/nowhere";

    expect(await refusalBy(publisherTo(wrong.href).exchange.publish([{ event }]))).toMatch(
      /^VHOST_REFUSED: The vhost nowhere/,
    );
  });

  test("R12: names TLS where the port speaks none", async () => {
    const { url } = await vhost();

    const text = await refusalBy(publisherTo(url.replace("amqp:", "amqps:")).exchange.publish([{ event }]));

    expect(text).toMatch(/^TLS_REFUSED: 127\.0\.0\.1:\d+/);
  });

  test("R12: names the exchange where the user may not write", async () => {
    const { url, name } = await vhost();
    await call(server, "PUT", "users/reader", { password: "reader", tags: "" });
    const at = `permissions/${encodeURIComponent(name)}/reader`;
    await call(server, "PUT", at, { configure: "^$", write: "^$", read: ".*" });
    const reader = new URL(url);
    reader.username = "reader";
    reader.password = "reader";

    const text = await refusalBy(publisherTo(reader.href).exchange.publish([{ event }]));

    expect(text).toMatch(/^ACCESS_REFUSED: .*order\.exchange.*permissions/);
    await call(server, "DELETE", "users/reader");
  });

  test("R12: names the address of a broker that does not run", async () => {
    const { exchange } = publisherTo("amqp://guest:guest@127.0.0.1:1");

    expect(await refusalBy(exchange.publish([{ event }]))).toMatch(
      /^UNREACHABLE: The broker at 127\.0\.0\.1:1 .*ECONNREFUSED.*security groups/,
    );
  });

  test("ends a second before its deadline where the broker does not answer", async () => {
    const silent = createServer(() => {});
    silent.listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as { port: number };
    const { exchange } = publisherTo(`amqp://guest:guest@127.0.0.1:${port}`);
    const began = Date.now();

    const text = await refusalBy(exchange.publish([{ event }], began + 2_000));

    expect(text).toMatch(/^UNREACHABLE: .*no reply in time/);
    expect(Date.now() - began).toBeGreaterThanOrEqual(950);
    silent.close();
  });

  test("goes on over a connection that died between two calls", async () => {
    const { url, drain } = await vhost();
    const links = await relay(new URL(url).port);
    const { exchange } = publisherTo(url.replace(/:\d+\//, `:${links.port}/`));
    await exchange.publish([{ event }]);

    links.cut();
    const answers = await exchange.publish([{ event: cancelled(order("1")) }]);

    expect(answers).toEqual([{ kind: "published" }]);
    expect(await drain("order.cancelled.queue")).toHaveLength(1);
    links.close();
  });

  test("goes on over a connection that is silent since the last call, as after a freeze", async () => {
    const { url, drain } = await vhost();
    const links = await relay(new URL(url).port);
    const { exchange } = publisherTo(url.replace(/:\d+\//, `:${links.port}/`));
    await exchange.publish([{ event }]);

    links.mute();
    const answers = await exchange.publish([{ event: cancelled(order("1")) }]);

    expect(answers).toEqual([{ kind: "published" }]);
    expect((await drain("order.cancelled.queue")).length).toBeGreaterThan(0);
    links.close();
  });
});

/** A way to the broker that can be cut, or swallow what existing connections say. */
async function relay(to: string) {
  const sockets = new Set<Socket>();
  const pairs: { from: Socket; onward: Socket }[] = [];
  const proxy = createServer((from) => {
    const onward = connect(Number(to), "127.0.0.1");
    for (const socket of [from, onward]) {
      sockets.add(socket);
      socket.on("error", () => {});
    }
    from.pipe(onward);
    onward.pipe(from);
    pairs.push({ from, onward });
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  return {
    port: (proxy.address() as { port: number }).port,
    cut() {
      for (const socket of sockets) socket.destroy();
      sockets.clear();
    },
    mute() {
      for (const { from, onward } of pairs) {
        from.unpipe(onward);
        from.resume();
      }
    },
    close() {
      for (const socket of sockets) socket.destroy();
      proxy.close();
    },
  };
}
