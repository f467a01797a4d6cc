import type { Stage } from "../../lib/local/stage.ts";
import { seeded } from "../simulation/engine/random.ts";
import { check, totalsOf } from "./accounting.ts";
import { openApi } from "./api.ts";
import { type Audit, openAudit } from "./audit.ts";
import { SERVICES } from "./calls.ts";
import { serve, type Told } from "./customers.ts";
import type { Facts } from "./facts.ts";
import type { ChaosFlags } from "./flags.ts";
import { openPoisoner, type Poison } from "./poisoner.ts";
import { parkedBatches, queued, untilAtRest } from "./quiet.ts";
import type { Report } from "./report.ts";
import { breakFunctions, type ChaosStage, startChaosStage } from "./stage.ts";
import { keepStock } from "./stock-keeper.ts";
import { openTables } from "./tables.ts";
import { makeWeather, type Weather } from "./weather.ts";
import { makeWishes } from "./wishes.ts";

/** Said each time this share of the orders is accepted, and at each poisoning. */
const STEPS = 20;
const PATIENCE_MS = 15 * 60_000;

export type Say = (text: string) => void;

/** A whole run: storm, quiet, accounting. Rejects when it cannot be made; what does not add up is in the report. */
export async function run(flags: ChaosFlags, say: Say): Promise<Report> {
  const startedAt = performance.now();
  const random = seeded(flags.seed);
  const weather = makeWeather(flags.rate, seeded(flags.seed + 1));
  const audit = openAudit();
  weather.pause(true);
  say("starting the stage");
  const stage = await startChaosStage(weather, audit.onLine);
  try {
    const start = secondsSince(startedAt);
    const dead = stage.died.then((reason) => {
      throw new Error(reason);
    });
    return await Promise.race([dead, weathered({ flags, random, weather, audit, stage, start, say })]);
  } finally {
    await stage.close();
  }
}

interface Run {
  readonly flags: ChaosFlags;
  readonly random: ReturnType<typeof seeded>;
  readonly weather: Weather;
  readonly audit: Audit;
  readonly stage: ChaosStage;
  readonly start: number;
  readonly say: Say;
}

async function weathered({ flags, random, weather, audit, stage, start, say }: Run): Promise<Report> {
  const api = openApi(stage.publicUrl);
  const tables = openTables(stage);
  const poisoner = openPoisoner(stage);
  const wishes = makeWishes(flags.orders, random);

  const stormAt = performance.now();
  weather.pause(false);
  if (flags.rate > 0) breakFunctions(stage, flags.rate);
  const keeper = await keepStock(api, wishes.stock, random);
  const step = Math.max(1, Math.floor(flags.orders / STEPS));
  const poisoning: Promise<void>[] = [];
  const told = await serve(api, wishes.orders, (accepted, orderId) => {
    if (accepted % step !== 0) return;
    say(`${accepted} of ${flags.orders} accepted, ${(accepted / secondsSince(stormAt)).toFixed(0)}/s`);
    poisoning.push(poisoner.poison(orderId));
  });
  await Promise.all([keeper.stop(), ...poisoning]);
  const storm = secondsSince(stormAt);

  weather.pause(true);
  stage.faults.mend("all");
  say("the storm is over");
  const quiet = await untilAtRest(stage, tables, PATIENCE_MS, say);
  const facts = await factsOf(stage, {
    tables,
    audit,
    told: { ...told, surprises: [...told.surprises, ...keeper.surprises] },
    counted: keeper.counted,
    poisons: poisoner.put,
    late: quiet.stillMoving,
  });
  tables.close();
  poisoner.close();

  const lambda = (name: string) =>
    facts.metrics
      .filter(({ id }) => id.namespace === "AWS/Lambda" && id.name === name)
      .reduce((sum, metric) => sum + metric.sum, 0);
  return {
    orders: flags.orders,
    rate: flags.rate,
    seed: flags.seed,
    seconds: { start, storm, quiet: quiet.seconds },
    requests: api.sent.requests,
    requestsAgain: api.sent.again,
    cancels: told.cancelled.size,
    stockCounts: keeper.counts,
    poisons: poisoner.put.length,
    calls: callsOf(weather),
    invocations: lambda("Invocations"),
    invocationErrors: lambda("Errors"),
    totals: totalsOf(facts),
    checks: check(facts).map((one) => ({ ...one, passed: one.breaches.length === 0 && one.looked > 0 })),
  };
}

interface Sources {
  readonly tables: ReturnType<typeof openTables>;
  readonly audit: Audit;
  readonly told: Told;
  readonly counted: ReadonlyMap<string, number>;
  readonly poisons: readonly Poison[];
  readonly late: readonly string[];
}

async function factsOf(stage: Stage, { tables, late, ...known }: Sources): Promise<Facts> {
  const [orders, stock, claims, failed] = await Promise.all([
    tables.orders(),
    tables.stock(),
    tables.notifications(),
    tables.failedMessages(),
  ]);
  return {
    ...known,
    orders: new Map(orders.map((order) => [order.orderId, order])),
    stock,
    claims: new Map(claims.map((claim) => [claim.eventId, claim])),
    failed: new Map(failed.map((row) => [row.failedKey, row])),
    mails: stage.mailbox.list(),
    metrics: stage.monitor.metrics.totals(),
    stillMoving: [...new Set([...late, ...queued(stage), ...parkedBatches(stage)])],
  };
}

function callsOf({ seen }: Weather): Report["calls"] {
  const entries = SERVICES.map((service) => [service, Object.fromEntries([...seen[service]].sort())]);
  return Object.fromEntries(entries) as Report["calls"];
}

const secondsSince = (at: number) => (performance.now() - at) / 1_000;
