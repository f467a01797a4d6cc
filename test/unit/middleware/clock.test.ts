import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { systemClock } from "../../../functions/middleware/clock.ts";

const CLOCK = new URL("../../../functions/middleware/clock.ts", import.meta.url).href;

describe("the system clock", () => {
  test.each(["", ", new AbortController().signal"])(
    "wakes a process without other work: sleep(20%s)",
    async (signal) => {
      // Lambda ends an invocation whose event loop is empty, with the promise of its handler still open.
      const code = `import { systemClock } from "${CLOCK}"; await systemClock.sleep(20${signal}); console.log("awake");`;
      const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", code]);

      expect(stdout).toBe("awake\n");
    },
  );

  test("wakes at once when the signal aborts, before or while it sleeps", async () => {
    const signals = new AbortController();

    const sleeping = systemClock.sleep(60_000, signals.signal);
    signals.abort();
    await sleeping;
    await systemClock.sleep(60_000, signals.signal);

    expect(signals.signal.aborted).toBe(true);
  });
});
