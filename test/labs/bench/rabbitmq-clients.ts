import amqplib, { type ConfirmChannel } from "amqplib";
import { rabbitConnection } from "../../../functions/adapters/rabbitmq-connection.ts";
import { type RabbitPublisher, rabbitPublisher } from "../../../functions/adapters/rabbitmq-publisher.ts";
import { systemClock } from "../../../functions/middleware/clock.ts";
import { DONE } from "../../../functions/middleware/outcome.ts";
import {
  managementOptions,
  type RabbitServer,
  startRabbit,
} from "../../../lib/emulator/rabbitmq/broker/start-rabbitmq.ts";
import { startRabbitMapping } from "../../../lib/emulator/rabbitmq/event-source/rabbitmq-event-source.ts";
import type { Figure, Progress } from "./benchmark.ts";
import { createdEvents } from "./orders.ts";
import { rabbitHandler } from "./rabbitmq-cost.ts";
import { inRounds } from "./statistics.ts";

const MESSAGES = 2_000;
/** Published before their confirms are awaited; also what a consumer may hold unacknowledged. */
const AT_ONCE = 100;
const ROUNDS = 7;
const TIMEOUT_MS = 120_000;
const OURS = "bench.ours";
const PLAIN = "bench.amqplib";
const NOTE = `${MESSAGES} messages, ${AT_ONCE} at once, quorum queues, best of ${ROUNDS}`;

/** What is published; the id is that of the event. */
interface Message {
  readonly messageId: string;
  readonly type: string;
  readonly body: Buffer;
}

/**
 * Messages a second on a broker: the publisher and the event source of the project beside a plain loop of amqplib, in
 * turns. Both publish durable and mandatory messages with confirms, and acknowledge what they consume. Ours also runs the
 * consumer: it decodes, validates, and writes its lines.
 */
export async function rabbitClients(progress: Progress): Promise<Figure[]> {
  progress("starting a broker");
  const server = await startRabbit();
  try {
    return await measured(server, progress);
  } finally {
    await server.close();
  }
}

async function measured(server: RabbitServer, progress: Progress): Promise<Figure[]> {
  const messages = createdEvents(MESSAGES).map((event): Message => {
    return { messageId: event.id, type: event.type, body: Buffer.from(JSON.stringify(event)) };
  });
  const connection = await amqplib.connect(server.url);
  const channel = await connection.createConfirmChannel();
  const publisher = rabbitPublisher(rabbitConnection(server.url), systemClock);
  try {
    await channel.prefetch(AT_ONCE);
    for (const queue of [OURS, PLAIN])
      await channel.assertQueue(queue, { durable: true, arguments: { "x-queue-type": "quorum" } });

    progress("publishing");
    const published = await inTurns({
      ours: async () => {
        const rate = await rateOf(() => publishOurs(publisher, messages));
        await channel.purgeQueue(OURS);
        return rate;
      },
      plain: async () => {
        const rate = await rateOf(() => publishPlain(channel, PLAIN, messages));
        await channel.purgeQueue(PLAIN);
        return rate;
      },
    });
    progress("consuming");
    const consumed = await inTurns({
      ours: async () => {
        await publishPlain(channel, OURS, messages);
        return consumeOurs(server);
      },
      plain: async () => {
        await publishPlain(channel, PLAIN, messages);
        return consumePlain(channel);
      },
    });
    return [...figuresOf("publish with confirms", published), ...figuresOf("consume", consumed)];
  } finally {
    publisher.close();
    await connection.close();
  }
}

type Rates = Readonly<Record<"ours" | "plain", readonly number[]>>;

async function inTurns(
  contenders: Readonly<Record<"ours" | "plain", () => Promise<number>>>,
): Promise<Rates> {
  await inRounds(1, contenders);
  return inRounds(ROUNDS, contenders);
}

function figuresOf(what: string, { ours, plain }: Rates): Figure[] {
  const [best, plainBest] = [Math.max(...ours), Math.max(...plain)];
  return [
    { name: `${what}, ours`, value: best, unit: "/s", note: NOTE },
    { name: `${what}, a plain loop of amqplib`, value: plainBest, unit: "/s" },
    { name: `${what}, ours ÷ amqplib`, value: best / plainBest, unit: "x" },
  ];
}

async function rateOf(run: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await run();
  return (MESSAGES * 1_000) / (performance.now() - started);
}

async function publishOurs(publisher: RabbitPublisher, messages: readonly Message[]): Promise<void> {
  for (let i = 0; i < messages.length; i += AT_ONCE) {
    const batch = messages
      .slice(i, i + AT_ONCE)
      .map((message) => ({ ...message, exchange: "", routingKey: OURS, headers: { type: message.type } }));
    for (const answer of await publisher.publish(batch, Date.now() + TIMEOUT_MS))
      if (answer.kind === "refused") throw answer.error;
  }
}

async function publishPlain(channel: ConfirmChannel, queue: string, messages: readonly Message[]) {
  for (let i = 0; i < messages.length; i += AT_ONCE) {
    for (const { messageId, type, body } of messages.slice(i, i + AT_ONCE))
      channel.publish("", queue, body, {
        messageId,
        type,
        headers: { type },
        persistent: true,
        mandatory: true,
      });
    await channel.waitForConfirms();
  }
}

/** From the first message to the last, so that opening a connection does not count. */
function untilConsumed() {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const timer = setTimeout(() => reject(new Error(`Not all messages came in ${TIMEOUT_MS} ms.`)), TIMEOUT_MS);
  let seen = 0;
  let startedAt = 0;
  return {
    rate: promise.finally(() => clearTimeout(timer)),
    took(count: number) {
      if (seen === 0) startedAt = performance.now();
      seen += count;
      if (seen === MESSAGES) resolve((MESSAGES * 1_000) / (performance.now() - startedAt));
    },
  };
}

async function consumeOurs(server: RabbitServer): Promise<number> {
  const { rate, took } = untilConsumed();
  const handler = rabbitHandler(
    {
      many: async (events) => {
        took(events.length);
        return events.map(() => DONE);
      },
    },
    () => {},
    { put: () => Promise.reject(new Error("No message of a benchmark fails.")) },
  );
  const mapping = startRabbitMapping({
    spec: {
      kind: "rabbitmq",
      functionName: "bench",
      brokerArn: "arn:aws:mq:eu-central-1:0:broker:bench:b-1",
      queue: OURS,
      batchSize: AT_ONCE,
      windowSeconds: 0,
      enabled: true,
    },
    host: {
      invoke: async (_, event) => ({ kind: "ok", payload: await handler(event) }),
      close: async () => {},
    },
    url: server.url,
    vhost: managementOptions(server).vhost,
  });
  try {
    return await rate;
  } finally {
    await mapping.stop();
  }
}

async function consumePlain(channel: ConfirmChannel): Promise<number> {
  const { rate, took } = untilConsumed();
  const { consumerTag } = await channel.consume(PLAIN, (message) => {
    if (message === null) return;
    JSON.parse(message.content.toString());
    channel.ack(message);
    took(1);
  });
  try {
    return await rate;
  } finally {
    await channel.cancel(consumerTag);
  }
}
