import type { Stage } from "../../../lib/emulator/start-emulator.ts";
import { seeded } from "../simulation/engine/random.ts";
import { check, totalsOf } from "./accounting.ts";
import { type Audit, openAudit } from "./audit.ts";
import { SERVICES } from "./calls.ts";
import { type ChaosStage, startChaosStage } from "./chaos-emulator.ts";
import type { Facts } from "./facts.ts";
import { makeWeather, type Weather } from "./fault-profile.ts";
import type { ChaosFlags } from "./flags.ts";
import { mailedEvents } from "./mails.ts";
import { parkedBatches, queued, untilAtRest } from "./quiet.ts";
import type { Report } from "./report.ts";
import { type Storm, storm } from "./storm.ts";
import { openTables, type Tables } from "./tables.ts";

const PATIENCE_MS = 15 * 60_000;

/** A whole run: storm, quiet, accounting. Rejects when it cannot be made; what does not add up is in the report. */
export async function run(flags: ChaosFlags, say: (text: string) => void): Promise<Report> {
  const startedAt = performance.now();
  const weather = makeWeather(flags.rate, seeded(flags.seed + 1));
  weather.pause(true);
  const audit = openAudit();
  say("starting the stage");
  const stage = await startChaosStage(weather, audit.onLine);
  try {
    const start = (performance.now() - startedAt) / 1_000;
    const died = stage.died.then((reason) => {
      throw new Error(reason);
    });
    return await Promise.race([died, onStage({ flags, weather, audit, stage, start, say })]);
  } finally {
    await stage.close();
  }
}

interface Run {
  readonly flags: ChaosFlags;
  readonly weather: Weather;
  readonly audit: Audit;
  readonly stage: ChaosStage;
  readonly start: number;
  readonly say: (text: string) => void;
}

async function onStage({ flags, weather, audit, stage, start, say }: Run): Promise<Report> {
  const passed = await storm({ flags, stage, weather, random: seeded(flags.seed), say });
  say("the storm is over");
  const tables = openTables(stage);
  const quiet = await untilAtRest(stage, tables, PATIENCE_MS, say);
  const facts = await factsOf(stage, tables, audit, passed, quiet.stillMoving);
  tables.close();

  const { told, api, keeper, strangers } = passed;
  const lambda = (name: string) =>
    facts.metrics
      .filter(({ id }) => id.namespace === "AWS/Lambda" && id.name === name)
      .reduce((sum, metric) => sum + metric.sum, 0);
  return {
    orders: flags.orders,
    rate: flags.rate,
    seed: flags.seed,
    seconds: { start, storm: passed.seconds, quiet: quiet.seconds },
    requests: api.sent.requests,
    requestsAgain: api.sent.again,
    cancels: told.cancelled.size,
    stockCounts: keeper.counts,
    poisons: strangers.poisons.length,
    copies: strangers.copies,
    calls: callsOf(weather),
    invocations: lambda("Invocations"),
    invocationErrors: lambda("Errors"),
    totals: totalsOf(facts),
    checks: check(facts).map((one) => ({ ...one, passed: one.breaches.length === 0 })),
  };
}

async function factsOf(
  stage: Stage,
  tables: Tables,
  audit: Audit,
  { told, keeper, strangers }: Storm,
  stillMoving: readonly string[],
): Promise<Facts> {
  const [rows, stock, claims, failed] = await Promise.all([
    tables.orders(),
    tables.stock(),
    tables.notifications(),
    tables.failedMessages(),
  ]);
  const orders = new Map(rows.map((order) => [order.orderId, order]));
  return {
    told: { ...told, surprises: [...told.surprises, ...keeper.surprises] },
    counted: keeper.counted,
    poisons: strangers.poisons,
    orders,
    stock,
    claims: new Map(claims.map((claim) => [claim.eventId, claim])),
    failed: new Map(failed.map((row) => [row.failedKey, row])),
    ...mailedEvents(stage.mailbox.list(), orders),
    audit,
    metrics: stage.monitor.metrics.totals(),
    stillMoving: [...new Set([...stillMoving, ...queued(stage), ...parkedBatches(stage)])],
  };
}

function callsOf({ seen }: Weather): Report["calls"] {
  const entries = SERVICES.map((service) => [service, Object.fromEntries([...seen[service]].sort())]);
  return Object.fromEntries(entries) as Report["calls"];
}
