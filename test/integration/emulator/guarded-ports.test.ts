import { execFile } from "node:child_process";
import { request } from "node:http";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startCloudWatch } from "../../../lib/emulator/metrics/cloudwatch.ts";
import { createMetricStore } from "../../../lib/emulator/metrics/metric-store.ts";
import { openRuntimeApi } from "../../../lib/emulator/runtime/runtime-api.ts";
import { type Emulator, startEmulator } from "../../../lib/emulator/start-emulator.ts";
import { writeTinyAssembly } from "../../fixtures/tiny-assembly.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const run = promisify(execFile);
let directory: string;
let emulator: Emulator;
let closers: (() => unknown)[];
/** Every kind of HTTP port. */
let ports: Readonly<Record<string, string>>;

beforeAll(async () => {
  directory = temporaryFolder();
  emulator = await startEmulator({ port: 0, assembly: () => writeTinyAssembly(directory) });
  const runtime = await openRuntimeApi({ ready() {}, answered() {}, initFailed() {} });
  const cloudWatch = await startCloudWatch(createMetricStore(Date));
  closers = [runtime.close, cloudWatch.close, emulator.close];
  ports = {
    "the API": emulator.url,
    "SQS, SNS and S3": emulator.endpoints.sqs,
    DynamoDB: emulator.endpoints.dynamodb,
    SES: emulator.endpoints.ses,
    CloudWatch: cloudWatch.endpoint,
    "the Runtime API of a function": `http://${runtime.address}`,
  };
});
afterAll(async () => {
  for (const close of closers) await close();
});

/** The status by node:http, because fetch sets Host and Origin itself. */
const statusOf = (
  url: string,
  headers: Readonly<Record<string, string>>,
  { method = "POST", body = "" } = {},
): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    request(
      url,
      { method, headers: { ...headers, "content-length": Buffer.byteLength(body) } },
      (response) => {
        response.resume();
        resolve(response.statusCode);
      },
    )
      .on("error", reject)
      .end(body);
  });

const FOREIGN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "a foreign Host": { host: "evil.example" },
  "a foreign Origin": { origin: "http://evil.example" },
  "the Origin of a file": { origin: "null", "content-type": "text/plain" },
  "a form of a page": { origin: "http://evil.example", "content-type": "application/x-www-form-urlencoded" },
  "an image of a page": { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" },
};

describe.each([
  "the API",
  "SQS, SNS and S3",
  "DynamoDB",
  "SES",
  "CloudWatch",
  "the Runtime API of a function",
])("K11: the port of %s", (name) => {
  test.each(Object.keys(FOREIGN))("refuses %s", async (what) => {
    const url = ports[name] ?? "";

    expect(await statusOf(`${url}/`, FOREIGN[what] ?? {})).toBe(403);
    expect(await statusOf(`${url}/`, FOREIGN[what] ?? {}, { method: "GET" })).toBe(403);
  });

  test("serves a request without Origin", async () => {
    // An invalid call has the refusal of its service; that of the API is the fixture's gateway response.
    expect(await statusOf(`${ports[name]}/nothing`, {})).not.toBe(403);
  });

  test("is on loopback only", async () => {
    const { hostname } = new URL(ports[name] ?? "");

    expect(hostname).toBe("127.0.0.1");
  });
});

test("K11: a form post that would publish an event, cancel an order or break a table changes nothing", async () => {
  const origin = "http://evil.example";
  const form = { origin, "content-type": "application/x-www-form-urlencoded" };
  const body = "Action=CreateTopic&Name=stolen";

  const statuses = await Promise.all([
    statusOf(emulator.endpoints.sns, form, { body }),
    statusOf(`${emulator.url}/orders/1/cancel`, { origin }),
    statusOf(
      `${emulator.url}/_emulator/faults`,
      { origin, "content-type": "application/json" },
      { body: "{}" },
    ),
    statusOf(`${emulator.url}/_emulator/console/api/break`, { origin }),
  ]);

  expect(statuses).toEqual([403, 403, 403, 403]);
  expect(
    emulator.messaging.topics
      .listTopics()
      .topics.map(({ arn }) => arn)
      .join(),
  ).not.toContain("stolen");
});

test("K11: an invalid body ends no service", async () => {
  const target = { "x-amz-target": "GraniteServiceVersion20100801.GetMetricData" };

  const status = await statusOf(ports["CloudWatch"] ?? "", target, { body: "{" });

  expect(status).toBe(400);
  expect(await statusOf(ports["CloudWatch"] ?? "", target, { body: "{}" })).toBe(200);
});

test("K11: no process of the emulator listens beyond loopback", async (context) => {
  const { stdout } = await run("ss", ["-Hltnp"]).catch(() => ({ stdout: "" }));
  context.skip(stdout === "", "the command ss, which lists listening ports, is not available");
  const isOurs = (line: string) => line.includes(`pid=${process.pid},`) || line.includes("dynoxide");
  const own = stdout.split("\n").filter(isOurs);

  expect(own.length).toBeGreaterThan(Object.keys(ports).length);
  expect(own.filter((line) => !/\s(127(\.\d+){3}|\[::1\]):\d+\s/.test(line))).toEqual([]);
});
