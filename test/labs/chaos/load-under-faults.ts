import type { Random } from "../simulation/engine/random.ts";
import { type Api, openApi } from "./api.ts";
import { breakFunctions, type ChaosEmulator } from "./chaos-emulator.ts";
import { type ReportedOutcomes, runCustomers } from "./customers.ts";
import type { FaultProfile } from "./fault-profile.ts";
import type { ChaosFlags } from "./flags.ts";
import { type ForeignMessages, openForeignMessages } from "./foreign-messages.ts";
import { makeOrderPlans } from "./order-plans.ts";
import { planOutages } from "./outages.ts";
import { countStockRepeatedly, type StockCounter } from "./stock-counter.ts";

/** Number of progress reports, each with poisons. */
const STEPS = 20;
/** A foreign writer duplicates the event of one in so many orders. */
const DUPLICATE_EVERY = 50;

/** The result of the load under faults. */
export interface LoadResult {
  readonly reported: ReportedOutcomes;
  readonly api: Api;
  readonly stockCounter: StockCounter;
  readonly foreignMessages: ForeignMessages;
  readonly seconds: number;
}

export interface LoadOptions {
  readonly flags: ChaosFlags;
  readonly emulator: ChaosEmulator;
  readonly faultProfile: FaultProfile;
  readonly random: Random;
  readonly log: (text: string) => void;
}

/** Runs all customers under faults until every order is accepted, then ends the faults. */
export async function load({ flags, emulator, faultProfile, random, log }: LoadOptions): Promise<LoadResult> {
  const { orders, rate } = flags;
  const startedAt = performance.now();
  const seconds = () => (performance.now() - startedAt) / 1_000;
  const api = openApi(emulator.publicUrl);
  const plans = makeOrderPlans(orders, random);
  const foreignMessages = openForeignMessages(emulator);
  const outages = planOutages(orders, emulator, faultProfile, log);
  const putting: Promise<void>[] = [];
  const step = Math.max(1, Math.floor(orders / STEPS));

  faultProfile.pause(false);
  if (rate > 0) breakFunctions(emulator, rate);
  const stockCounter = await countStockRepeatedly(api, plans.stock, random);
  const reported = await runCustomers(api, plans.orders, (accepted, order) => {
    if (rate > 0) outages.accepted(accepted);
    if (accepted % DUPLICATE_EVERY === 0) putting.push(foreignMessages.duplicate(order));
    if (accepted % step !== 0) return;
    putting.push(foreignMessages.poison());
    log(`${accepted} of ${orders} accepted, ${(accepted / seconds()).toFixed(0)}/s`);
  });
  await Promise.all([stockCounter.stop(), outages.end(), ...putting]);
  faultProfile.pause(true);
  emulator.faults.mend("all");
  foreignMessages.close();
  return { reported, api, stockCounter, foreignMessages, seconds: seconds() };
}
