import { afterAll, beforeAll, describe, it } from "vitest";
import { temporaryFolder } from "../../temporary-folder.ts";
import { atRest, expectAllFinal, expectAllOrders, expectMailsOnce, expectStockOf } from "../at-rest.ts";
import { attach } from "../attach.ts";
import { type Running, run } from "../child-process.ts";
import { type Client, client } from "../client.ts";
import { type Load, placeUnderLoad } from "../load.ts";
import type { EmulatorPowers, Target } from "../target.ts";

const ORDERS = 240;
const STOCK = { tea: 1_000, coffee: 1_000, cocoa: 40, mate: 0 } as const;
/** Longer than the visibility time-out, for the messages in flight when the emulator was killed. */
const AT_REST_MS = 90_000;

let dataDir: string;
let program: Running;
let target: Target & { readonly emulator: EmulatorPowers };
let api: Client;
let load: Load;

async function start(): Promise<void> {
  program = run("test/e2e/kept-emulator.ts", dataDir);
  const [url] = await program.line(/^http:.*$/);
  target = await attach(url);
  api = client(target);
}

async function killAndRestart(): Promise<void> {
  program.process.kill("SIGKILL");
  await program.ended;
  await target.close();
  await start();
}

beforeAll(async () => {
  dataDir = temporaryFolder();
  await start();
  for (const [sku, onHand] of Object.entries(STOCK)) await api.stockUp(sku, onHand);
  load = placeUnderLoad(() => api, ORDERS, Object.keys(STOCK));
  for (const share of [1 / 3, 2 / 3]) {
    await load.reached(ORDERS * share);
    await killAndRestart();
  }
  await load.done;
  await atRest(target, AT_REST_MS);
}, 4 * AT_REST_MS);

afterAll(async () => {
  program.process.kill("SIGKILL");
  await program.ended;
  await target.close();
});

describe("an emulator killed twice under load", () => {
  it("A1, I6: has every accepted order once", () => expectAllOrders(target, load));

  it("A6, I8: has a final status for each, CANCELLED for cancelled ones", () => expectAllFinal(target, load));

  it("I1, I3: has exact stock: none lost, duplicated or below zero", () => expectStockOf(target, STOCK));

  it("I9: has sent each mail once, or lists it with an unknown outcome", () => expectMailsOnce(target));
});
