import { randomUUID } from "node:crypto";
import { Connection, type SyncMessage } from "rabbitmq-client";
import type { TestContext } from "vitest";
import {
  managementOptions,
  type RabbitServer,
  startRabbit,
} from "../../lib/emulator/rabbitmq/broker/start-rabbitmq.ts";
import { applyTopology } from "../../lib/rabbitmq-topology/apply-topology.ts";
import { type Management, managementApi } from "../../lib/rabbitmq-topology/management-api.ts";
import { type RabbitTopologySettings, rabbitTopology } from "../../lib/settings/rabbitmq-topology.ts";

/** Short waits, so that a test sees the redelivery of a message. */
export const SETTINGS: RabbitTopologySettings = {
  rabbitmqMessageTtlSeconds: 60,
  rabbitmqQueueLength: 10_000,
  rabbitmqRetryDelaysSeconds: [1, 2, 3],
};

/** A vhost of a test's own, with the topology in it. */
export interface TestVhost {
  readonly name: string;
  readonly url: string;
  readonly management: Management;
  readonly server: RabbitServer;
  /** A client of the test: declares, reads and writes what it likes. */
  readonly client: Connection;
  /** Every message in a queue, taken out of it. */
  drain(queue: string): Promise<SyncMessage[]>;
  close(): Promise<void>;
}

/** Skips a test, and prints its name and the reason, which the reporter does not. */
export function skipIf(condition: boolean, reason: string, { skip, task }: TestContext): void {
  if (!condition) return;
  process.stderr.write(`skipped: ${task.name}: ${reason}\n`);
  skip(reason);
}

/** Why a test is skipped. */
export const NOT_OURS = "The broker of RABBITMQ_URL is neither killed nor reconfigured.";

/** As `4.0.5`. */
export async function versionOf(server: RabbitServer): Promise<string> {
  const { rabbitmq_version: version } = (await call(server, "GET", "overview")) as {
    readonly rabbitmq_version: string;
  };
  return version;
}

/** The broker of RABBITMQ_URL, else one that is started. */
export const startTestRabbit = (): Promise<RabbitServer> => startRabbit();

export async function newVhost(server: RabbitServer, settings = SETTINGS): Promise<TestVhost> {
  const name = `test ${randomUUID()}`;
  const options = { ...managementOptions(server), vhost: name };
  const management = managementApi(options);
  await management.putVhost();
  const { username, password } = options;
  await grantAll(server, name, username);
  await applyTopology(management, rabbitTopology(settings));
  const { host } = new URL(server.url);
  const url = `amqp://${encodeURIComponent(username)}:${encodeURIComponent(password)}@${host}/${encodeURIComponent(name)}`;
  const client = new Connection({ url, vhost: name, retryLow: 100, retryHigh: 500 });
  client.on("error", () => {});
  return {
    name,
    url,
    management,
    server,
    client,
    async drain(queue) {
      const messages: SyncMessage[] = [];
      for (;;) {
        const message = await client.basicGet({ queue, noAck: true });
        if (message === undefined) return messages;
        messages.push(message);
      }
    },
    async close() {
      client.unsafeDestroy();
      await call(server, "DELETE", `vhosts/${encodeURIComponent(name)}`);
    },
  };
}

const grantAll = (server: RabbitServer, vhost: string, user: string) =>
  call(server, "PUT", `permissions/${encodeURIComponent(vhost)}/${encodeURIComponent(user)}`, {
    configure: ".*",
    write: ".*",
    read: ".*",
  });

/** A call of the management API that no code of ours makes. */
export async function call(
  server: RabbitServer,
  method: string,
  path: string,
  body?: object,
): Promise<unknown> {
  const { url, username, password } = managementOptions(server);
  const response = await fetch(`${url}/api/${path}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`,
      "content-type": "application/json",
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  const text = await response.text();
  return text === "" ? undefined : JSON.parse(text);
}

/** The text of a message's body, however the client decoded it. */
export function textOf({ body }: SyncMessage): string {
  if (Buffer.isBuffer(body)) return body.toString("utf8");
  return typeof body === "string" ? body : JSON.stringify(body);
}
