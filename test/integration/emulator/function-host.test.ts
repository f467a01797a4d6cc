import { afterEach, describe, expect, test } from "vitest";
import { isAlive, type ProbeHost, payloadOf, probeHost } from "./probe-host.ts";

let host: ProbeHost;
const start = (...options: Parameters<typeof probeHost>) => {
  host = probeHost(...options);
  return host;
};
afterEach(() => host.close());

describe("a handler", () => {
  // https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html
  test("receives its event and Lambda's context", async () => {
    const result = payloadOf(await start({ timeoutMs: 60_000 }).run({ do: "echo", n: [1] }));

    expect(result["event"]).toEqual({ do: "echo", n: [1] });
    expect(result["remainingMs"]).toBeGreaterThan(50_000);
    expect(result["remainingMs"]).toBeLessThanOrEqual(60_000);
    expect(result["context"]).toMatchObject({
      functionName: "order-events-probe",
      functionVersion: "$LATEST",
      memoryLimitInMB: "128",
      invokedFunctionArn: "arn:aws:lambda:eu-central-1:000000000000:function:order-events-probe",
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      logGroupName: "/aws/lambda/order-events-probe",
    });
  });

  test("has its own variables and those of the emulator, and none of the developer", async () => {
    process.env["DEVELOPERS_SECRET"] = "x";
    const emulatorVariables = { AWS_ENDPOINT_URL_SQS: "http://127.0.0.1:1" };

    const { environment, folder } = payloadOf(await start({}, { emulatorVariables }).run({ do: "echo" }));

    expect(environment).toMatchObject({
      ORDERS_TABLE: "orders",
      AWS_ENDPOINT_URL_SQS: "http://127.0.0.1:1",
      AWS_LAMBDA_FUNCTION_NAME: "order-events-probe",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "128",
      LAMBDA_TASK_ROOT: folder,
      _HANDLER: "probe.handler",
    });
    expect(environment).not.toHaveProperty("DEVELOPERS_SECRET");
    expect(environment).not.toHaveProperty("HOME");
  });

  test("that returns nothing has the result null", async () => {
    expect(await start().run({ do: "nothing" })).toEqual({ kind: "ok", payload: null });
  });

  test.each([
    ["throw", "TypeError", "wrong type"],
    ["throwText", "string", "only text"],
    ["bigint", "Runtime.JSONStringifyError", "Unable to stringify"],
    ["large", "Function.ResponseSizeTooLarge", "exceeded maximum"],
  ])("that does '%s' fails with %s, and its instance continues", async (action, errorType, message) => {
    const before = await start().pid();

    const result = await host.run({ do: action });

    expect(result).toEqual({
      kind: "error",
      errorType,
      errorMessage: expect.stringContaining(message),
    });
    expect(await host.pid()).toBe(before);
  });

  test("prints line by line under the function's name", async () => {
    await start().run({ do: "print" });

    await expect.poll(() => host.lines.map(({ text }) => text)).toContain("second line");
    await host.close();
    await expect.poll(() => host.lines.map(({ text }) => text)).toContain("no newline");
    expect(host.lines).toContainEqual(
      expect.objectContaining({ source: "probe", stream: "stdout", text: '{"audit":1}' }),
    );
    expect(host.lines).toContainEqual(
      expect.objectContaining({ source: "probe", stream: "stderr", text: "a warning" }),
    );
  });
});

describe("an instance", () => {
  test("is reused for the next event", async () => {
    start();
    const pids = new Set<number>();

    for (let turn = 0; turn < 20; turn += 1) pids.add(await host.pid());

    expect(pids.size).toBe(1);
  });

  test("handles one event at a time; others have their own instances", async () => {
    start({}, { maxInstances: 2 });

    const results = (
      await Promise.all(Array.from({ length: 6 }, () => host.run({ do: "meet", ms: 60 })))
    ).map(payloadOf);

    expect(new Set(results.map(({ pid }) => pid)).size).toBe(2);
    for (const one of results) {
      const overlapping = results.filter(
        (other) =>
          other !== one &&
          other["pid"] === one["pid"] &&
          Number(other["from"]) < Number(one["to"]) &&
          Number(one["from"]) < Number(other["to"]),
      );
      expect(overlapping).toEqual([]);
    }
  });

  test("serves a burst of short invocations before others are started", async () => {
    start({}, { growAfterMs: 50_000 });
    await host.warm(["probe"]);

    const pids = await Promise.all(Array.from({ length: 20 }, () => host.pid()));

    expect(new Set(pids).size).toBe(1);
  });

  test("that is not available in time throttles the invocation", async () => {
    start({}, { maxInstances: 1, queueMs: 50 });
    await host.warm(["probe"]);

    const busy = host.run({ do: "meet", ms: 1000 });
    const second = await host.run({ do: "echo" });

    expect(second).toEqual({ kind: "throttled" });
    expect((await busy).kind).toBe("ok");
  });

  test("ends after its idle time", async () => {
    const pid = await start({}, { idleMs: 30 }).pid();

    await expect.poll(() => isAlive(pid)).toBe(false);
    expect(await host.pid()).not.toBe(pid);
  });

  test("receives no event once it is ending", async () => {
    start({}, { idleMs: 2 });
    const kinds = new Set<string>();

    for (let turn = 0; turn < 25; turn += 1) {
      const { kind } = await host.run({ do: "meet", ms: 0 });
      kinds.add(kind);
      await new Promise((resolve) => setTimeout(resolve, turn % 5));
    }

    expect([...kinds]).toEqual(["ok"]);
  });

  // A busy machine is slow once; a regression is slow each time.
  test("exists before the first event after a warm-up", { retry: 5 }, async () => {
    await start().warm(["probe"]);
    const from = performance.now();

    await host.pid();

    expect(performance.now() - from).toBeLessThan(40);
  });
});

test("an unknown function is an error of the caller", async () => {
  await expect(start().invoke("unknown", {})).rejects.toThrow("no function unknown");
});

test("closing ends every instance and refuses later invocations", async () => {
  const pid = await start().pid();
  const busy = host.run({ do: "hang" });
  await expect.poll(() => host.lines.map(({ text }) => text)).toContain("hanging");

  await host.close();

  expect((await busy).kind).toBe("crashed");
  await expect.poll(() => isAlive(pid)).toBe(false);
  expect(await host.run({ do: "echo" })).toEqual({ kind: "throttled" });
});
