import { describe, expect, test } from "vitest";
import { createBackoff, createLoopWaits } from "../../../lib/emulator/event-sources/loop-waits.ts";

const LONG = 60_000;

describe("the waits of a loop", () => {
  test("while idle ends at a wake-up", async () => {
    const waits = createLoopWaits();

    const waiting = waits.idle(LONG);
    waits.wake();

    await expect(waiting).resolves.toBeUndefined();
  });

  test("does not start after one wake-up before it", async () => {
    const waits = createLoopWaits();
    waits.wake();

    await waits.idle(LONG);

    const second = await Promise.race([waits.idle(LONG), Promise.resolve("still waiting")]);
    expect(second).toBe("still waiting");
    waits.stop();
  });

  test("between retries is not shortened by a wake-up", async () => {
    const waits = createLoopWaits();

    const waiting = waits.wait(LONG);
    waits.wake();

    expect(await Promise.race([waiting, Promise.resolve("still waiting")])).toBe("still waiting");
    waits.stop();
    await waiting;
  });

  test("does not start after the stop", async () => {
    const waits = createLoopWaits();
    waits.stop();

    await waits.wait(LONG);
    await waits.idle(LONG);

    expect(waits.stopped).toBe(true);
  });
});

test("a back-off doubles up to its maximum and restarts after a reset", () => {
  const backoff = createBackoff(100, 350);

  expect([backoff.next(), backoff.next(), backoff.next(), backoff.next()]).toEqual([100, 200, 350, 350]);
  backoff.reset();
  expect(backoff.next()).toBe(100);
});
