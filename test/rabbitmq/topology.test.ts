import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { RabbitServer } from "../../lib/emulator/rabbitmq/broker/start-rabbitmq.ts";
import { managementOptions } from "../../lib/emulator/rabbitmq/broker/start-rabbitmq.ts";
import { applyTopology } from "../../lib/rabbitmq-topology/apply-topology.ts";
import { managementApi } from "../../lib/rabbitmq-topology/management-api.ts";
import { reconcileTopology } from "../../lib/rabbitmq-topology/reconcile-topology.ts";
import { describeTopologyStep } from "../../lib/rabbitmq-topology/topology-plan.ts";
import { rabbitTopology } from "../../lib/settings/rabbitmq-topology.ts";
import { call, newVhost, SETTINGS, startTestRabbit, type TestVhost } from "./broker.ts";

let server: RabbitServer;
const vhosts: TestVhost[] = [];
beforeAll(async () => {
  server = await startTestRabbit();
}, 180_000);
afterEach(async () => {
  for (const vhost of vhosts.splice(0)) await vhost.close();
});
afterAll(async () => {
  await server?.close();
});

async function open(): Promise<TestVhost> {
  const vhost = await newVhost(server);
  vhosts.push(vhost);
  return vhost;
}
const queuePath = ({ name }: TestVhost, queue: string) => `queues/${encodeURIComponent(name)}/${queue}`;
const bindingsPath = ({ name }: TestVhost) =>
  `bindings/${encodeURIComponent(name)}/e/order.exchange/q/order.queue/order.created`;

test("a topology that is applied again changes nothing", async () => {
  const { management } = await open();

  expect(await applyTopology(management, rabbitTopology(SETTINGS))).toEqual([]);
});

test("R8: a missing binding and a missing queue are named and made again", async () => {
  const vhost = await open();
  await call(server, "DELETE", bindingsPath(vhost));
  await call(server, "DELETE", queuePath(vhost, "order.dlq"));

  const steps = await applyTopology(vhost.management, rabbitTopology(SETTINGS));

  expect(steps.map((step) => describeTopologyStep(step, true))).toEqual([
    "order.dlq: created the quorum queue",
    "order.queue: bound to order.exchange with the key order.created",
    "order.dlq: bound to order.dlx",
  ]);
});

test("a changed setting changes its policy only, on queues that hold messages", async () => {
  const vhost = await open();
  const publisher = vhost.client.createPublisher({ confirm: true });
  await publisher.send({ routingKey: "order.queue", durable: true }, Buffer.from("kept"));

  const steps = await applyTopology(
    vhost.management,
    rabbitTopology({ ...SETTINGS, rabbitmqQueueLength: 7 }),
  );

  expect(steps.map((step) => describeTopologyStep(step, true))).toEqual([
    "order.queue: set its policy: max-length 10000 → 7",
    "order.cancelled.queue: set its policy: max-length 10000 → 7",
  ]);
  expect(await vhost.drain("order.queue")).toHaveLength(1);
});

test.each<[string, object, RegExp]>([
  ["a classic queue", { durable: true }, /order\.queue: left as it is, because it is a classic queue/],
  [
    "arguments of its own",
    { durable: true, arguments: { "x-queue-type": "quorum", "x-message-ttl": 1_000 } },
    /order\.queue: .*arguments of its own: x-message-ttl/,
  ],
])("R8: %s under a wanted name is refused, and nothing is changed", async (_, queue, message) => {
  const vhost = await open();
  await call(server, "DELETE", queuePath(vhost, "order.queue"));
  await call(server, "PUT", queuePath(vhost, "order.queue"), queue);

  const applying = applyTopology(vhost.management, rabbitTopology({ ...SETTINGS, rabbitmqQueueLength: 7 }));

  await expect(applying).rejects.toThrow(message);
  const [policy] = (await vhost.management.policies()).filter(({ name }) => name === "order.queue");
  expect(policy?.definition["max-length"]).toBe(SETTINGS.rabbitmqQueueLength);
});

test("R8: a policy that would apply instead of ours is refused by its name", async () => {
  const vhost = await open();
  await vhost.management.putPolicy({
    name: "everything",
    pattern: ".*",
    "apply-to": "queues",
    priority: 900,
    definition: { "message-ttl": 1 },
  });

  await expect(applyTopology(vhost.management, rabbitTopology(SETTINGS))).rejects.toThrow(
    /the policy everything has the priority 900/,
  );
});

test("a fresh broker user may do what its permissions say, and no more", async () => {
  const vhost = await open();
  const user = {
    name: "publisher-test",
    password: "publisher-test",
    configure: "^$",
    write: "^order\\.exchange$",
    read: "^$",
  };
  await vhost.management.putUser(user);

  const listed = (await call(server, "GET", `users/${user.name}/permissions`)) as Record<string, string>[];

  expect(listed).toMatchObject([{ vhost: vhost.name, configure: "^$", write: user.write, read: "^$" }]);
  await call(server, "DELETE", `users/${user.name}`);
});

test.each([
  ["a wrong password", { password: "wrong" }, /refused the user/],
  ["a port without the API", { url: "http://127.0.0.1:59997" }, /does not answer \(ECONNREFUSED\)/],
  ["a vhost that does not exist", { vhost: "nowhere" }, /The vhost nowhere does not exist/],
])("R12: %s is named, without the password", async (_, changes, message) => {
  const options = { ...managementOptions(server), ...changes };

  const listing = managementApi(options).policies();

  await expect(listing).rejects.toThrow(message);
  await expect(listing).rejects.not.toThrow(options.password === "wrong" ? /wrong/ : /Basic/);
});

test("npm run rabbitmq:topology prints what it would change, changes it, and prints that it exists", async () => {
  const vhost = await open();
  await call(server, "DELETE", bindingsPath(vhost));
  const { url, username, password } = managementOptions(server);
  const written: string[] = [];
  const run = async (...args: readonly string[]) => {
    written.length = 0;
    const code = await reconcileTopology(
      ["--url", url, "--user", username, "-c", "rabbitmqRetryDelaysSeconds=1,2,3", ...args],
      {
        write: (text) => written.push(text),
        writeError: (text) => written.push(text),
        password,
        management: (options) => managementApi({ ...options, vhost: vhost.name }),
      },
    );
    return [code, written.join("")] as const;
  };

  expect(await run("--dry-run")).toEqual([
    0,
    "order.queue: would bind to order.exchange with the key order.created\n",
  ]);
  expect(await run()).toEqual([0, "order.queue: bound to order.exchange with the key order.created\n"]);
  expect(await run()).toEqual([0, "the topology exists\n"]);
  expect(JSON.parse((await run("--json"))[1])).toEqual({ dryRun: false, steps: [] });
});
