import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { dynamoDbJobStore } from "../../../../functions/adapters/dynamodb-job-store.ts";
import { newMessageJob } from "../../../../functions/failures/domain/message-job.ts";
import { CREDENTIALS } from "../../../../lib/emulator/credentials.ts";
import type { Benchmark, Figure, Progress } from "../benchmark.ts";
import { type CountedServices, startCountedServices } from "../counted-services.ts";
import { readUnits, writeUnits } from "../recorder.ts";
import { orderIdAt, storeOpenRows, tableOf } from "./open-rows.ts";
import { parksPerSecond, withOnePartition, withWholeRows } from "./park-burst.ts";

const ROWS = 1_000_000;
/** Without `--rows`, as many rows as are stored by then. */
const FILL_MS = 180_000;
const RATE = 20;
const JOB = "bench";

/** Figures with an aim. */
const RATIO = "parks a second until a throttle ÷ one partition with whole rows";
const UNITS = "maintenance, read units of one minute";
const REDRIVEN = "maintenance, messages redriven in its minute by a job of 20/s";

/** A full failed-message table: parks against the limits of partitions, and the work of a minute with very many open rows. */
export const failedMessages: Benchmark = {
  name: "failed-messages",
  about: `parks against the limits of partitions; maintenance, a redrive and lists beside up to ${ROWS} open rows`,
  aims: [
    { figure: RATIO, atLeast: 8 },
    { figure: UNITS, atMost: 50_000 },
    { figure: REDRIVEN, atLeast: 200 },
  ],
  async run(progress, _leaveOut, { rows }) {
    progress("starting the functions and services");
    // A million rows take 5 GB: on disk, where memory has no room for them.
    const dataDir = mkdtempSync(join(tmpdir(), "order-events-bench-"));
    const services = await startCountedServices({ dataDir });
    try {
      const bursts = await burstFigures(services);
      progress("storing open rows");
      const startedAt = performance.now();
      const stored = await storeOpenRows(
        services,
        join(dataDir, "dynamodb.sqlite"),
        { most: rows ?? ROWS, untilMs: rows === undefined ? FILL_MS : Number.POSITIVE_INFINITY },
        progress,
      );
      const note = `in ${((performance.now() - startedAt) / 1_000).toFixed(0)} s; by calls ${stored.callRate.toFixed(0)}/s`;
      return [
        ...bursts,
        { name: "open rows", value: stored.rows, unit: "", note },
        ...(await maintenanceFigures(services, progress)),
        ...(await listFigures(services, stored.rows, progress)),
      ];
    } finally {
      await services.close();
      rmSync(dataDir, { recursive: true, force: true });
    }
  },
};

async function burstFigures({ model }: CountedServices): Promise<Figure[]> {
  const table = tableOf(model);
  const [now, before, whole, publishers] = [
    await parksPerSecond(table, "order-created"),
    await parksPerSecond(withOnePartition(table), "order-created"),
    await parksPerSecond(withWholeRows(table), "order-created"),
    await parksPerSecond(table, "publish-events"),
  ];
  const figure = (name: string, value: number): Figure => ({
    name: `parks a second, ${name}`,
    value,
    unit: "/s",
  });
  return [
    figure("messages of consumers", now),
    figure("events of publishers", publishers),
    figure("8 partitions with whole rows", whole),
    figure("one partition with whole rows", before),
    { name: RATIO, value: now / before, unit: "x" },
  ];
}

/** One run of maintenance, with a redrive of all as its only job. */
async function maintenanceFigures(services: CountedServices, progress: Progress): Promise<Figure[]> {
  const { endpoints, host, model, database } = services;
  const client = new DynamoDBClient({
    endpoint: database,
    region: endpoints.region,
    credentials: CREDENTIALS,
  });
  const jobs = dynamoDbJobStore(client, tableOf(model).name);
  const asked = {
    jobId: JOB,
    act: "redrive",
    filter: {},
    ratePerSecond: RATE,
    by: "bench",
    why: "bench",
  } as const;
  await jobs.put(newMessageJob(asked, Date.now()), undefined);
  services.takeCalls();
  progress("one run of maintenance");
  const startedAt = performance.now();
  const result = await host.invoke("maintenance", {});
  const seconds = (performance.now() - startedAt) / 1_000;
  if (result.kind !== "ok") throw new Error(`Maintenance ended as ${JSON.stringify(result)}.`);
  const calls = services.takeCalls();
  const job = await jobs.get(JOB);
  client.destroy();
  return [
    { name: "maintenance, duration", value: seconds, unit: "s", note: "of a minute" },
    { name: UNITS, value: readUnits(calls), unit: "", note: `${calls.length} calls` },
    {
      name: "maintenance, write units of one minute",
      value: writeUnits(calls),
      unit: "",
      note: "redrive included",
    },
    { name: REDRIVEN, value: job?.done ?? 0, unit: "", note: job?.status ?? "no job" },
  ];
}

async function listFigures(services: CountedServices, stored: number, progress: Progress): Promise<Figure[]> {
  const middle = orderIdAt(Math.floor(stored / 2));
  const asked: readonly (readonly [string, Record<string, string>])[] = [
    ["the newest 100", { order: "newest", limit: "100" }],
    ["search for the order in the middle", { order: "newest", search: middle }],
    ["search for a text that no row has, first answer", { order: "newest", search: "no row has this" }],
    ["a filter that no row matches, first answer", { reason: "EXPIRED" }],
  ];
  const figures: Figure[] = [];
  for (const [name, query] of asked) {
    progress(name);
    // The first call starts the function.
    await ask(services, query);
    services.takeCalls();
    const startedAt = performance.now();
    const { items } = await ask(services, query);
    const value = performance.now() - startedAt;
    const units = readUnits(services.takeCalls()).toFixed(0);
    figures.push({
      name: `list: ${name}`,
      value,
      unit: "ms",
      note: `${items.length} found, ${units} read units`,
    });
  }
  return figures;
}

async function ask({ host }: CountedServices, query: Record<string, string>) {
  const path = query["search"] === undefined ? "/failed-messages" : "/failed-message-bodies";
  const result = await host.invoke("failed-messages", {
    httpMethod: "GET",
    resource: path,
    path,
    pathParameters: null,
    multiValueHeaders: {},
    multiValueQueryStringParameters: Object.fromEntries(
      Object.entries(query).map(([name, text]) => [name, [text]]),
    ),
    body: null,
    isBase64Encoded: false,
    requestContext: { requestId: "bench", path },
  });
  if (result.kind !== "ok") throw new Error(`The list ended as ${JSON.stringify(result)}.`);
  const { statusCode, body } = result.payload as { readonly statusCode: number; readonly body: string };
  if (statusCode !== 200) throw new Error(`The list was answered ${statusCode}: ${body}`);
  return JSON.parse(body) as { readonly items: readonly object[]; readonly cursor?: string };
}
