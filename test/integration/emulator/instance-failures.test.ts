import { afterEach, describe, expect, test } from "vitest";
import { liveEntryOf } from "../../../lib/operator/observe/live-entry.ts";
import { isAlive, type ProbeHost, payloadOf, probeHost } from "./probe-host.ts";

let host: ProbeHost;
const start = (...options: Parameters<typeof probeHost>) => {
  host = probeHost(...options);
  return host;
};
const emulatorLines = () => host.lines.filter(({ stream }) => stream === "emulator").map(({ text }) => text);
afterEach(() => host.close());

// https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
describe("an invocation", () => {
  // A busy machine is late once; a regression is late each time.
  test.each(["hang", "spin"])(
    "that does '%s' is killed at the function's time-out",
    { retry: 5 },
    async (action) => {
      const pid = await start({ timeoutMs: 400 }).pid();
      const from = performance.now();

      const result = await host.run({ do: action });

      const tookMs = performance.now() - from;
      expect(result).toEqual({ kind: "timeout" });
      expect(tookMs).toBeGreaterThanOrEqual(395);
      expect(tookMs).toBeLessThan(800);
      expect(emulatorLines()).toEqual(["Task timed out after 0.40 seconds"]);
      await expect.poll(() => isAlive(pid)).toBe(false);
      expect(await host.pid()).not.toBe(pid);
    },
  );

  test("that ends the process crashes", async () => {
    const result = await start().run({ do: "exit" });

    expect(result).toEqual({ kind: "crashed", detail: expect.stringContaining("exit status 3") });
    expect(await host.pid()).toBeGreaterThan(0);
  });

  test("that waits without any pending work ends its process, and crashes", async () => {
    const result = await start().run({ do: "waitForNothing" });

    expect(result).toEqual({ kind: "crashed", detail: expect.stringContaining("exit status 0") });
  });

  test("with an unhandled rejection crashes, and the reason is in its output", async () => {
    const pid = await start().pid();

    const result = await host.run({ do: "reject" });

    expect(result).toEqual({ kind: "crashed", detail: expect.stringContaining("exit status 1") });
    await expect.poll(() => host.lines.map(({ text }) => text).join()).toContain("not awaited");
    await expect
      .poll(() =>
        host.lines.flatMap(({ text }) => liveEntryOf({ at: 1, source: "probe", text })?.stack ?? []),
      )
      .toContainEqual(expect.stringMatching(/^at .*probe\.mjs:\d+:\d+/));
    await expect.poll(() => isAlive(pid)).toBe(false);
    expect(await host.pid()).not.toBe(pid);
  });

  test.runIf(process.platform === "linux")("over its memory limit is killed", async () => {
    const pid = await start({ memoryMb: 256 }).pid();

    const result = await host.run({ do: "allocate" });

    expect(result).toEqual({ kind: "crashed", detail: expect.stringContaining("OutOfMemory") });
    await expect.poll(() => isAlive(pid)).toBe(false);
  });
});

describe("the init phase", () => {
  test.each([
    ["throws", "broken-init.handler", "Runtime.UserCodeSyntaxError", "does not load"],
    ["finds no file", "nowhere.handler", "Runtime.ImportModuleError", "nowhere"],
    ["finds no export", "probe.missing", "Runtime.HandlerNotFound", "probe.missing"],
    ["finds no function", "probe.notAFunction", "Runtime.HandlerNotFound", "not a function"],
    ["finds a handler with a callback", "probe.oldStyle", "Runtime.CallbackHandlerDeprecated", "callback"],
  ])("that %s fails the waiting invocation", async (_name, handler, errorType, message) => {
    const result = await start({ handler }).run({ do: "echo" });

    expect(result).toEqual({ kind: "error", errorType, errorMessage: expect.stringContaining(message) });
  });

  test("that fails is repeated for the next invocation", async () => {
    start({ handler: "broken-init.handler" });

    const results = await Promise.all([host.run({ do: "echo" }), host.run({ do: "echo" })]);

    expect(results.map(({ kind }) => kind)).toEqual(["error", "error"]);
  });

  test("that takes too long crashes", async () => {
    start({ handler: "endless-init.handler" }, { initTimeoutMs: 300 });

    const result = await host.run({ do: "echo" });

    expect(result).toEqual({ kind: "crashed", detail: expect.stringContaining("init phase") });
  });

  test("of a missing bundle crashes", async () => {
    const result = await start({ assetDir: "/nowhere/at/all" }).run({ do: "echo" });

    expect(result).toEqual({ kind: "crashed", detail: expect.stringContaining("could not be started") });
  });
});

describe("a fault", () => {
  test("fails the invocation before the handler runs", async () => {
    const result = await start({}, { injectFault: () => ({ kind: "error" }) }).run({ do: "print" });

    expect(result).toMatchObject({ kind: "error", errorType: "EmulatorFault" });
    expect(host.lines).toMatchObject([
      {
        stream: "emulator",
        text: expect.stringMatching(/^EmulatorFault: .* is broken on purpose$/),
        requestId: expect.stringMatching(/^[\w-]{36}$/),
      },
    ]);
  });

  test("kills the instance during the invocation", async () => {
    let broken = false;
    start({}, { injectFault: () => (broken ? { kind: "kill", afterMs: 20 } : undefined) });
    const pid = await host.pid();
    broken = true;

    const result = await host.run({ do: "hang" });

    expect(result).toEqual({ kind: "crashed", detail: "killed by a fault" });
    await expect.poll(() => isAlive(pid)).toBe(false);
    broken = false;
    expect(await host.pid()).not.toBe(pid);
  });

  test("kills it after its work where the handler is faster", async () => {
    start({}, { injectFault: () => ({ kind: "kill", afterMs: 4000 }) });

    const result = await host.run({ do: "print" });

    expect(result).toEqual({ kind: "crashed", detail: "killed by a fault" });
    await expect.poll(() => host.lines.map(({ text }) => text)).toContain('{"audit":1}');
  });
});

test("a response after a failure is that of the next event, not of the failed one", async () => {
  start({ timeoutMs: 300 }, { maxInstances: 1 });

  const [first, second] = await Promise.all([host.run({ do: "hang" }), host.run({ do: "echo", n: 2 })]);

  expect(first).toEqual({ kind: "timeout" });
  expect(payloadOf(second)["event"]).toEqual({ do: "echo", n: 2 });
});
