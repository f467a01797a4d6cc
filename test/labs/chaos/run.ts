import type { Emulator } from "../../../lib/emulator/start-emulator.ts";
import { seeded } from "../simulation/engine/random.ts";
import { check, totalsOf } from "./accounting.ts";
import { type Audit, openAudit } from "./audit.ts";
import { SERVICES } from "./calls.ts";
import { type ChaosEmulator, startChaosEmulator } from "./chaos-emulator.ts";
import { type FaultProfile, makeFaultProfile } from "./fault-profile.ts";
import type { FinalState } from "./final-state.ts";
import type { ChaosFlags } from "./flags.ts";
import { type LoadResult, load } from "./load-under-faults.ts";
import { mailedEvents } from "./mails.ts";
import type { Report } from "./report.ts";
import { openTables, type Tables } from "./tables.ts";
import { parkedBatches, queued, untilAtRest } from "./wait-for-rest.ts";

const TIMEOUT_MS = 15 * 60_000;

/** A whole run: load, rest, accounting. Violations are in the report; rejects only where the run itself fails. */
export async function run(flags: ChaosFlags, log: (text: string) => void): Promise<Report> {
  const startedAt = performance.now();
  const faultProfile = makeFaultProfile(flags.rate, seeded(flags.seed + 1));
  faultProfile.pause(true);
  const audit = openAudit();
  log("starting the emulator");
  const emulator = await startChaosEmulator(faultProfile, flags.limits, audit.onLine);
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
  const passed = await load({ flags, emulator, faultProfile, random: seeded(flags.seed), log });
  log("the faults end");
  const tables = openTables(emulator);
  const rest = await untilAtRest(emulator, tables, TIMEOUT_MS, log);
  const state = await finalStateOf(emulator, tables, audit, passed, rest.unfinished);
  tables.close();

  const { reported, api, stockCounter, foreignMessages } = passed;
  const lambda = (name: string) =>
    state.metrics
      .filter(({ id }) => id.namespace === "AWS/Lambda" && id.name === name)
      .reduce((sum, metric) => sum + metric.sum, 0);
  return {
    orders: flags.orders,
    rate: flags.rate,
    seed: flags.seed,
    seconds: { start, load: passed.seconds, rest: rest.seconds },
    requests: api.sent.requests,
    requestsRepeated: api.sent.repeated,
    cancels: reported.cancelled.size,
    stockCounts: stockCounter.counts,
    poisons: foreignMessages.poisons.length,
    duplicates: foreignMessages.duplicates,
    calls: callsOf(faultProfile),
    invocations: lambda("Invocations"),
    invocationErrors: lambda("Errors"),
    totals: totalsOf(state),
    checks: check(state).map((one) => ({ ...one, passed: one.violations.length === 0 })),
  };
}

async function finalStateOf(
  emulator: Emulator,
  tables: Tables,
  audit: Audit,
  { reported, stockCounter, foreignMessages }: LoadResult,
  unfinished: readonly string[],
): Promise<FinalState> {
  const [rows, stock, claims, failed] = await Promise.all([
    tables.orders(),
    tables.stock(),
    tables.notifications(),
    tables.failedMessages(),
  ]);
  const orders = new Map(rows.map((order) => [order.orderId, order]));
  return {
    reported: { ...reported, undocumented: [...reported.undocumented, ...stockCounter.undocumented] },
    counted: stockCounter.counted,
    poisons: foreignMessages.poisons,
    orders,
    stock,
    claims: new Map(claims.map((claim) => [claim.eventId, claim])),
    failed: new Map(failed.map((row) => [row.failedKey, row])),
    ...mailedEvents(emulator.mailbox.list(), orders),
    audit,
    metrics: emulator.monitor.metrics.totals(),
    unfinished: [...new Set([...unfinished, ...queued(emulator), ...parkedBatches(emulator)])],
  };
}

function callsOf({ seen }: FaultProfile): Report["calls"] {
  const entries = SERVICES.map((service) => [service, Object.fromEntries([...seen[service]].sort())]);
  return Object.fromEntries(entries) as Report["calls"];
}
