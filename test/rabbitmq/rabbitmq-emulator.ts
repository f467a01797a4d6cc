import { randomUUID } from "node:crypto";
import { Connection } from "rabbitmq-client";
import type { ConsumerName } from "../../functions/consumers/consumers.ts";
import { orderEventsApp } from "../../lib/emulator/order-events/order-events-app.ts";
import { synthesize } from "../../lib/emulator/order-events/synth.ts";
import { managementOptions, type RabbitServer } from "../../lib/emulator/rabbitmq/broker/start-rabbitmq.ts";
import { startEmulator } from "../../lib/emulator/start-emulator.ts";
import { applyTopology } from "../../lib/rabbitmq-topology/apply-topology.ts";
import { type Management, managementApi } from "../../lib/rabbitmq-topology/management-api.ts";
import type { Backbone } from "../../lib/settings/backbone-settings.ts";
import { attach } from "../e2e/attach.ts";
import { type Client, client } from "../e2e/client.ts";
import { ROOT } from "../e2e/emulator-target.ts";
import type { EmulatorPowers, Target } from "../e2e/target.ts";
import type { TestBroker } from "../fixtures/kafka-broker.ts";
import { call, type TestVhost } from "./broker.ts";

/** An emulator with RabbitMQ in this process. */
export interface RabbitTestEmulator {
  readonly target: Target & { readonly emulator: EmulatorPowers };
  readonly api: Client;
  readonly server: RabbitServer;
  readonly management: Management;
  /** Publishes as any other client would, straight into a queue. */
  publish(queue: string, body: string, headers?: Readonly<Record<string, unknown>>): Promise<void>;
  /** Deletes a queue with its messages, and makes it again as the topology wants it. */
  loseQueue(queue: string): Promise<void>;
  /** Runs maintenance now. */
  minute(): Promise<void>;
  count(
    outcome: string,
    consumer: ConsumerName,
    type: "order.created" | "order.cancelled" | "unknown",
  ): Promise<number>;
  close(): Promise<void>;
}

/** The broker and the functions' bundles take their time. */
export const OPENS_MS = 240_000;

export interface RabbitEmulatorOptions {
  readonly settings?: Readonly<Record<string, string>>;
  readonly dataDir?: string;
  /** The vhost of a test that outlives the emulator; otherwise the emulator starts a broker, or makes a vhost. */
  readonly vhost?: TestVhost;
  /** Runs Kafka beside it, on this broker. */
  readonly kafka?: TestBroker;
}

/** On a broker of RABBITMQ_URL each emulator has a vhost of its own. */
export async function openRabbitEmulator(
  processing: readonly Backbone[],
  { settings = {}, dataDir, vhost, kafka }: RabbitEmulatorOptions = {},
): Promise<RabbitTestEmulator> {
  const backbones = kafka === undefined ? "queues,rabbitmq" : "queues,kafka,rabbitmq";
  const context = { backbones, processing: processing.join(","), ...settings };
  const emulator = await withEnvironment(await brokersOf(vhost, kafka), () =>
    startEmulator({
      app: orderEventsApp,
      port: 0,
      assembly: async () => (await synthesize(ROOT, context)).directory,
      rabbitmq: true,
      kafka: kafka !== undefined,
      ...(dataDir === undefined ? {} : { dataDir }),
    }),
  );
  const { rabbitmq: server } = emulator;
  if (server === undefined) throw new Error("The emulator has no broker.");
  const target = await attach(emulator.url);
  const access = managementOptions(server);
  const connection = new Connection({ url: server.url, vhost: access.vhost, retryLow: 100, retryHigh: 500 });
  connection.on("error", () => {});
  const publisher = connection.createPublisher({ confirm: true });
  return {
    target,
    api: client(target),
    server,
    management: managementApi(access),
    publish: (routingKey, body, headers = {}) =>
      publisher.send({ routingKey, mandatory: true, durable: true, headers }, Buffer.from(body)),
    async loseQueue(queue) {
      await call(server, "DELETE", `queues/${encodeURIComponent(access.vhost)}/${encodeURIComponent(queue)}`);
      for (const topology of emulator.model.rabbitTopologies)
        await applyTopology(managementApi(access), topology);
    },
    async minute() {
      const result = await emulator.host.invoke("maintenance", {});
      if (result.kind !== "ok") throw new Error(`maintenance: ${JSON.stringify(result)}`);
    },
    count: (outcome, consumer, type) => target.counted(outcome, consumer, type),
    async close() {
      connection.unsafeDestroy();
      await target.close();
      await emulator.close();
    },
  };
}

/** Variables that name the brokers of an emulator. */
async function brokersOf(
  vhost: TestVhost | undefined,
  kafka: TestBroker | undefined,
): Promise<Readonly<Record<string, string>>> {
  const named = process.env["RABBITMQ_URL"];
  return {
    ...(kafka === undefined ? {} : { KAFKA_BROKERS: kafka.kafka.brokers }),
    ...(named === undefined ? {} : { RABBITMQ_URL: await ownVhost(named) }),
    ...(vhost === undefined
      ? {}
      : { RABBITMQ_URL: vhost.url, RABBITMQ_MANAGEMENT_URL: vhost.server.managementUrl }),
  };
}

/** The variables are read at the start only. */
async function withEnvironment<Result>(
  variables: Readonly<Record<string, string>>,
  run: () => Promise<Result>,
): Promise<Result> {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  try {
    return await run();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

async function ownVhost(text: string): Promise<string> {
  const url = new URL(text);
  url.pathname = `/emulator-${randomUUID()}`;
  const management = process.env["RABBITMQ_MANAGEMENT_URL"] ?? `http://${url.hostname}:15672`;
  await managementApi(managementOptions({ url: url.href, managementUrl: management })).putVhost();
  return url.href;
}
