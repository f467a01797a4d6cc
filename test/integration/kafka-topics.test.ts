import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { KafkaClient } from "@aws-sdk/client-kafka";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { msk } from "../../lib/deploy/kafka-topics/msk.ts";
import { reconcileTopics } from "../../lib/deploy/kafka-topics/reconcile-topics.ts";
import { decodeConfigs } from "../../lib/settings/wanted-topics.ts";

const ARN = "arn:aws:kafka:eu-central-1:123456789012:cluster/shop/01234567-89ab-cdef-0123-456789abcdef-7";

interface Topic {
  partitionCount: number;
  replicationFactor: number;
  configs?: string;
  /** Number of polls until the last change is complete. */
  busy: number;
}
interface Refusal {
  readonly status: number;
  readonly error: string;
  readonly message: string;
}
let topics: Map<string, Topic>;
let cluster: Record<string, unknown>;
let refusal: Refusal | undefined;
let writes: string[];
let server: Server;
let client: KafkaClient;

/** The topic API of MSK over HTTP, with two topics a page and changes that take several polls. */
async function respond(request: IncomingMessage): Promise<object | Refusal> {
  const { method = "GET" } = request;
  const url = new URL(request.url ?? "", "http://127.0.0.1");
  const path = decodeURIComponent(url.pathname);
  if (refusal !== undefined) return refusal;
  if (path === `/api/v2/clusters/${ARN}`) return { clusterInfo: cluster };
  const name = path.slice(`/v1/clusters/${ARN}/topics/`.length);
  const topic = topics.get(name);
  if (method === "GET" && name === "") {
    const from = Number(url.searchParams.get("nextToken") ?? 0);
    const page = [...topics.keys()].slice(from, from + 2).map((topicName) => ({ topicName }));
    return { topics: page, ...(from + 2 < topics.size && { nextToken: String(from + 2) }) };
  }
  const body = method === "GET" ? {} : JSON.parse(await text(request));
  if (method === "POST") {
    const { topicName, ...created } = body;
    writes.push(`create ${topicName}`);
    topics.set(topicName, { ...created, busy: 2 });
    return { status: "CREATING" };
  }
  if (topic === undefined)
    return { status: 404, error: "NotFoundException", message: "There is no such topic." };
  if (method === "PUT") {
    writes.push(`update ${name} ${Object.keys(body).join()}`);
    if (topic.busy > 0)
      return { status: 409, error: "ConflictException", message: "The topic is being changed." };
    topics.set(name, { ...topic, ...body, busy: 2 });
    return { status: "UPDATING" };
  }
  topic.busy -= 1;
  return { topicName: name, ...topic, status: topic.busy >= 0 ? "UPDATING" : "ACTIVE" };
}

beforeEach(async () => {
  topics = new Map([["__consumer_offsets", { partitionCount: 50, replicationFactor: 3, busy: 0 }]]);
  cluster = {
    clusterName: "shop",
    clusterType: "PROVISIONED",
    state: "ACTIVE",
    provisioned: { numberOfBrokerNodes: 3 },
  };
  refusal = undefined;
  writes = [];
  server = createServer((request, response) => {
    void respond(request).then((answer) => {
      const refused = "error" in answer ? (answer as Refusal) : undefined;
      if (refused) response.writeHead(refused.status, { "x-amzn-errortype": refused.error });
      response.end(JSON.stringify(answer));
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  client = new KafkaClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: "eu-central-1",
    credentials: { accessKeyId: "none", secretAccessKey: "none" },
    maxAttempts: 1,
  });
});
afterEach(() => {
  client.destroy();
  server.close();
});

async function run(...args: string[]) {
  const written = { out: "", error: "" };
  const code = await reconcileTopics(["--cluster", ARN, ...args], {
    write: (each) => (written.out += each),
    writeError: (each) => (written.error += each),
    msk: (arn) => msk(arn, client, { waitMs: 1, maxPolls: 20 }),
  });
  return { code, ...written };
}

describe("kafka:topics on a cluster without them", () => {
  test("creates both by the settings and the number of brokers, and waits until they are ACTIVE", async () => {
    const { code, out } = await run("-c", "kafkaPartitions=6");

    expect(code).toBe(0);
    expect(out).toMatch(
      /^created dev-order-events: 6 partitions, 3 replicas.*\ncreated dev-order-events-dlt: 6 partitions/,
    );
    expect(topics.get("dev-order-events")).toMatchObject({ partitionCount: 6, replicationFactor: 3 });
    expect(topics.get("dev-order-events")?.busy).toBeLessThan(0);
    expect(decodeConfigs(topics.get("dev-order-events")?.configs)).toMatchObject({
      "min.insync.replicas": "2",
    });
  });

  test("with two brokers creates topics with two replicas", async () => {
    cluster = { ...cluster, provisioned: { numberOfBrokerNodes: 2 } };

    await run();

    expect(topics.get("dev-order-events")).toMatchObject({ replicationFactor: 2 });
  });

  test("with --dry-run prints the changes and makes none", async () => {
    const { code, out } = await run("--dry-run");

    expect(code).toBe(0);
    expect(out).toMatch(/^would create dev-order-events: .*\nwould create dev-order-events-dlt: /);
    expect(writes).toEqual([]);
  });

  test("with --json prints only the steps on standard output", async () => {
    const { out, error } = await run("--json");

    expect(JSON.parse(out)).toMatchObject({ dryRun: false, steps: [{ kind: "create" }, { kind: "create" }] });
    expect(error).toContain("create dev-order-events");
  });
});

describe("kafka:topics on a cluster with them", () => {
  test("repeated changes nothing", async () => {
    await run();
    writes = [];

    const { out } = await run();

    expect(out).toBe("dev-order-events is up to date\ndev-order-events-dlt is up to date\n");
    expect(writes).toEqual([]);
  });

  test("makes one change at a time and waits for each", async () => {
    await run();
    writes = [];

    const { code, out } = await run("-c", "kafkaPartitions=6", "-c", "kafkaRetentionHours=24");

    expect(code).toBe(0);
    expect(writes.slice(0, 2)).toEqual([
      "update dev-order-events configs",
      "update dev-order-events partitionCount",
    ]);
    expect(out).toMatch(
      /changed dev-order-events: retention\.ms from 604800000 to 86400000\ngrew dev-order-events from 3 to 6/,
    );
    expect(topics.get("dev-order-events")).toMatchObject({ partitionCount: 6 });
  });

  test("never removes partitions", async () => {
    await run("-c", "kafkaPartitions=6");
    writes = [];

    const { code, out } = await run();

    expect(code).toBe(0);
    expect(out).toContain("skipped dev-order-events: it has 6 partitions instead of 3");
    expect(writes).toEqual([]);
  });

  test("finds topics after the first page", async () => {
    for (const name of ["a", "b", "c"])
      topics.set(name, { partitionCount: 1, replicationFactor: 1, busy: 0 });
    await run();

    const { out } = await run();

    expect(out).toContain("dev-order-events-dlt is up to date");
  });
});

describe("a failed kafka:topics prints the reason", () => {
  test.each([
    [{ clusterName: "shop", clusterType: "SERVERLESS", state: "ACTIVE" }, /shop is serverless.*provisioned/],
    [
      { clusterName: "shop", clusterType: "PROVISIONED", state: "CREATING" },
      /state CREATING.*when it is ACTIVE/,
    ],
  ])("of a cluster like %j", async (described, message) => {
    cluster = described;

    const { code, error } = await run();

    expect(code).toBe(1);
    expect(error).toMatch(message);
    expect(writes).toEqual([]);
  });

  test.each([
    [404, "NotFoundException", /does not find the cluster.*list-clusters-v2/s],
    [403, "ForbiddenException", /lack a permission.*--help/s],
    [403, "ExpiredTokenException", /have expired.*\nRenew them: {2}aws/s],
    [400, "ClusterConnectivityException", /does not reach the brokers.*3\.6/s],
    [400, "BadRequestException", /MSK rejected.*provisioned/s],
  ])("where MSK responds %i %s", async (status, error, message) => {
    refusal = { status, error, message: "No." };

    const result = await run();

    expect(result.code).toBe(1);
    expect(result.error).toMatch(message);
    expect(result.out).toBe("");
  });

  test("for a topic that does not become ACTIVE", async () => {
    topics.set("order-events", { partitionCount: 3, replicationFactor: 3, busy: 0 });
    const stuck = msk(ARN, client, { waitMs: 1, maxPolls: 1 });

    await expect(stuck.apply({ kind: "grow", name: "order-events", from: 3, to: 6 })).rejects.toThrow(
      /order-events is still being changed.*again later/,
    );
  });

  test.each([
    [["--cluster", "shop"], /ARN of a provisioned/],
    [["--cluster", ARN.replace(/7$/, "s1")], /serverless/],
    [["-c", "kafkaPartitions"], /name=value; received "kafkaPartitions"/],
    [["-c", "kafkaPartitions=2"], /minimum 3/],
    [["--delete"], /--delete/],
  ])("of the arguments %j, with exit code 3 and the help", async (args, message) => {
    const { code, error } = await run(...args);

    expect(code).toBe(3);
    expect(error).toMatch(message);
    expect(error).toContain("npm run kafka:topics --");
  });
});
