import { describe, expect, test } from "vitest";
import { createBackoff, createPause } from "../../../lib/emulator/event-sources/pause.ts";

const LONG = 60_000;

describe("a pause", () => {
  test("while idle ends at a wake-up", async () => {
    const pause = createPause();

    const waiting = pause.idle(LONG);
    pause.wake();

    await expect(waiting).resolves.toBeUndefined();
  });

  test("does not start after one wake-up before it", async () => {
    const pause = createPause();
    pause.wake();

    await pause.idle(LONG);

    const second = await Promise.race([pause.idle(LONG), Promise.resolve("still waiting")]);
    expect(second).toBe("still waiting");
    pause.stop();
  });

  test("between retries is not shortened by a wake-up", async () => {
    const pause = createPause();

    const waiting = pause.wait(LONG);
    pause.wake();

    expect(await Promise.race([waiting, Promise.resolve("still waiting")])).toBe("still waiting");
    pause.stop();
    await waiting;
  });

  test("does not start after the stop", async () => {
    const pause = createPause();
    pause.stop();

    await pause.wait(LONG);
    await pause.idle(LONG);

    expect(pause.stopped).toBe(true);
  });
});

test("a back-off doubles up to its maximum and restarts after a reset", () => {
  const backoff = createBackoff(100, 350);

  expect([backoff.next(), backoff.next(), backoff.next(), backoff.next()]).toEqual([100, 200, 350, 350]);
  backoff.reset();
  expect(backoff.next()).toBe(100);
});
