import type { Emulator } from "../../../lib/emulator/start-emulator.ts";
import { seeded } from "../simulation/engine/random.ts";
import { check, totalsOf } from "./accounting.ts";
import { type Audit, openAudit } from "./audit.ts";
import { SERVICES } from "./calls.ts";
import { type ChaosEmulator, startChaosEmulator } from "./chaos-emulator.ts";
import { type FaultProfile, makeFaultProfile } from "./fault-profile.ts";
import { type Storm, storm } from "./fault-storm.ts";
import type { Facts } from "./final-state.ts";
import type { ChaosFlags } from "./flags.ts";
import { mailedEvents } from "./mails.ts";
import type { Report } from "./report.ts";
import { openTables, type Tables } from "./tables.ts";
import { parkedBatches, queued, untilAtRest } from "./wait-for-rest.ts";

const PATIENCE_MS = 15 * 60_000;

/** A whole run: storm, quiet, accounting. Rejects when it cannot be made; what does not add up is in the report. */
export async function run(flags: ChaosFlags, log: (text: string) => void): Promise<Report> {
  const startedAt = performance.now();
  const faultProfile = makeFaultProfile(flags.rate, seeded(flags.seed + 1));
  faultProfile.pause(true);
  const audit = openAudit();
  log("starting the emulator");
  const emulator = await startChaosEmulator(faultProfile, audit.onLine);
  try {
    const start = (performance.now() - startedAt) / 1_000;
    const died = emulator.died.then((reason) => {
      throw new Error(reason);
    });
    return await Promise.race([died, onEmulator({ flags, faultProfile, audit, emulator, start, log })]);
  } finally {
    await emulator.close();
  }
}

interface Run {
  readonly flags: ChaosFlags;
  readonly faultProfile: FaultProfile;
  readonly audit: Audit;
  readonly emulator: ChaosEmulator;
  readonly start: number;
  readonly log: (text: string) => void;
}

async function onEmulator({ flags, faultProfile, audit, emulator, start, log }: Run): Promise<Report> {
  const passed = await storm({ flags, emulator, faultProfile, random: seeded(flags.seed), log });
  log("the storm is over");
  const tables = openTables(emulator);
  const quiet = await untilAtRest(emulator, tables, PATIENCE_MS, log);
  const facts = await factsOf(emulator, tables, audit, passed, quiet.stillMoving);
  tables.close();

  const { told, api, keeper, foreignMessages } = passed;
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
    poisons: foreignMessages.poisons.length,
    copies: foreignMessages.copies,
    calls: callsOf(faultProfile),
    invocations: lambda("Invocations"),
    invocationErrors: lambda("Errors"),
    totals: totalsOf(facts),
    checks: check(facts).map((one) => ({ ...one, passed: one.breaches.length === 0 })),
  };
}

async function factsOf(
  emulator: Emulator,
  tables: Tables,
  audit: Audit,
  { told, keeper, foreignMessages }: Storm,
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
    poisons: foreignMessages.poisons,
    orders,
    stock,
    claims: new Map(claims.map((claim) => [claim.eventId, claim])),
    failed: new Map(failed.map((row) => [row.failedKey, row])),
    ...mailedEvents(emulator.mailbox.list(), orders),
    audit,
    metrics: emulator.monitor.metrics.totals(),
    stillMoving: [...new Set([...stillMoving, ...queued(emulator), ...parkedBatches(emulator)])],
  };
}

function callsOf({ seen }: FaultProfile): Report["calls"] {
  const entries = SERVICES.map((service) => [service, Object.fromEntries([...seen[service]].sort())]);
  return Object.fromEntries(entries) as Report["calls"];
}
