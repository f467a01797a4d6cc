import type { Random } from "../simulation/engine/random.ts";
import { type Api, openApi } from "./api.ts";
import { breakFunctions, type ChaosEmulator } from "./chaos-emulator.ts";
import { serve, type Told } from "./customers.ts";
import type { FaultProfile } from "./fault-profile.ts";
import type { ChaosFlags } from "./flags.ts";
import { type ForeignMessages, openForeignMessages } from "./foreign-messages.ts";
import { makeOrderPlans } from "./order-plans.ts";
import { planOutages } from "./outages.ts";
import { keepStock, type StockKeeper } from "./stock-keeper.ts";

/** Progress is told, and poisons are put, each time this share of the orders is accepted. */
const STEPS = 20;
/** One of so many orders is copied by a stranger. */
const COPIED = 50;

/** What happened while everything failed. */
export interface Storm {
  readonly told: Told;
  readonly api: Api;
  readonly keeper: StockKeeper;
  readonly foreignMessages: ForeignMessages;
  readonly seconds: number;
}

export interface StormOptions {
  readonly flags: ChaosFlags;
  readonly emulator: ChaosEmulator;
  readonly faultProfile: FaultProfile;
  readonly random: Random;
  readonly log: (text: string) => void;
}

/** Lets all customers in, and ends when each was served; then the faults end. */
export async function storm({ flags, emulator, faultProfile, random, log }: StormOptions): Promise<Storm> {
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
  const keeper = await keepStock(api, plans.stock, random);
  const told = await serve(api, plans.orders, (accepted, order) => {
    if (rate > 0) outages.accepted(accepted);
    if (accepted % COPIED === 0) putting.push(foreignMessages.copy(order));
    if (accepted % step !== 0) return;
    putting.push(foreignMessages.poison());
    log(`${accepted} of ${orders} accepted, ${(accepted / seconds()).toFixed(0)}/s`);
  });
  await Promise.all([keeper.stop(), outages.end(), ...putting]);
  faultProfile.pause(true);
  emulator.faults.mend("all");
  foreignMessages.close();
  return { told, api, keeper, foreignMessages, seconds: seconds() };
}
