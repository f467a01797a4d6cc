import type { Random } from "../simulation/engine/random.ts";
import { type Api, openApi } from "./api.ts";
import { breakFunctions, type ChaosEmulator } from "./chaos-emulator.ts";
import { serve, type Told } from "./customers.ts";
import type { FaultProfile } from "./fault-profile.ts";
import type { ChaosFlags } from "./flags.ts";
import { openStrangers, type Strangers } from "./foreign-messages.ts";
import { makeWishes } from "./order-plans.ts";
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
  readonly strangers: Strangers;
  readonly seconds: number;
}

export interface StormOptions {
  readonly flags: ChaosFlags;
  readonly emulator: ChaosEmulator;
  readonly faultProfile: FaultProfile;
  readonly random: Random;
  readonly say: (text: string) => void;
}

/** Lets all customers in, and ends when each was served; then the weather is clear again. */
export async function storm({ flags, emulator, faultProfile, random, say }: StormOptions): Promise<Storm> {
  const { orders, rate } = flags;
  const startedAt = performance.now();
  const seconds = () => (performance.now() - startedAt) / 1_000;
  const api = openApi(emulator.publicUrl);
  const wishes = makeWishes(orders, random);
  const strangers = openStrangers(emulator);
  const outages = planOutages(orders, emulator, faultProfile, say);
  const putting: Promise<void>[] = [];
  const step = Math.max(1, Math.floor(orders / STEPS));

  faultProfile.pause(false);
  if (rate > 0) breakFunctions(emulator, rate);
  const keeper = await keepStock(api, wishes.stock, random);
  const told = await serve(api, wishes.orders, (accepted, order) => {
    if (rate > 0) outages.accepted(accepted);
    if (accepted % COPIED === 0) putting.push(strangers.copy(order));
    if (accepted % step !== 0) return;
    putting.push(strangers.poison());
    say(`${accepted} of ${orders} accepted, ${(accepted / seconds()).toFixed(0)}/s`);
  });
  await Promise.all([keeper.stop(), outages.end(), ...putting]);
  faultProfile.pause(true);
  emulator.faults.mend("all");
  strangers.close();
  return { told, api, keeper, strangers, seconds: seconds() };
}
