import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder } from "../../temporary-folder.ts";
import { type EmulatorProcess, emulatorProcess, RECOVERY_MS } from "./emulator-process.ts";

let dataDir: string;
let emulator: EmulatorProcess;
beforeEach(async () => {
  dataDir = temporaryFolder();
  emulator = await emulatorProcess(dataDir);
});
afterEach(async () => {
  await emulator.close();
});

describe("an emulator with --data killed during load", () => {
  it("C8: confirms every order it accepted, holds stock once for each, and mails no customer twice", {
    timeout: RECOVERY_MS + 120_000,
  }, async () => {
    const first = await emulator.start();
    await emulator.setStock(1000);
    const accepted = new Set<string>();
    const keys: string[] = [];
    const customer = async (name: string) => {
      for (let count = 0; ; count++) {
        keys.push(`${name}-${count}`);
        const { status, orderId = "" } = await emulator.place(`${name}-${count}`);
        if (status === 202) accepted.add(orderId);
        if (accepted.size >= 40) first.kill("SIGKILL");
      }
    };
    await Promise.allSettled(["a", "b", "c", "d"].map(customer));

    await emulator.start();
    // A client without a response repeats its request with the same key: the same order, written before or not.
    for (const key of keys) accepted.add((await emulator.place(key)).orderId ?? "refused");
    const unconfirmed = await emulator.unconfirmed(accepted);

    expect(accepted.size).toBe(keys.length);
    expect(unconfirmed).toEqual([]);
    expect(await emulator.get("/stock/tea")).toMatchObject({
      onHand: 1000,
      held: accepted.size,
      available: 1000 - accepted.size,
    });
    const mails = (await emulator.get("/_emulator/mailbox")) as unknown as { readonly subject: string }[];
    const subjects = mails.map(({ subject }) => subject);
    expect(new Set(subjects).size).toBe(subjects.length);
  });
});
