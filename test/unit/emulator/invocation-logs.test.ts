import { describe, expect, test } from "vitest";
import { openInvocationLogs } from "../../../lib/emulator/invocation-logs.ts";

const line = (requestId: string | undefined, text: string, more: object = {}) => ({
  at: 1,
  source: "order-created",
  stream: "stdout" as const,
  text,
  ...(requestId === undefined ? {} : { requestId }),
  ...more,
});
const textsOf = (logs: ReturnType<typeof openInvocationLogs>, requestId: string) =>
  logs.read(requestId).lines.map(({ text }) => text);

describe("the logs of invocations", () => {
  test("are the lines of one invocation, without metrics and without lines of none", () => {
    const logs = openInvocationLogs();
    logs.add(line("a", "one"));
    logs.add(line("b", "other"));
    logs.add(line(undefined, "none"));
    logs.add(line("a", '{"_aws":{"Timestamp":1}}'));
    logs.add(line("a", "two", { stream: "stderr" }));

    expect(logs.read("a")).toEqual({
      requestId: "a",
      source: "order-created",
      lines: [
        { at: 1, text: "one", isError: false },
        { at: 1, text: "two", isError: true },
      ],
      isCut: false,
    });
    expect(logs.read("c")).toEqual({ requestId: "c", lines: [], isCut: false });
  });

  test("show the stack of a failed attempt and of an error that was not caught apart", () => {
    const logs = openInvocationLogs();
    logs.add(
      line("a", JSON.stringify({ audit: "attempt", why: "Error: x", stack: ["at a (index.mjs:1:1)"] })),
    );
    const error = {
      errorType: "Error",
      errorMessage: "y",
      trace: ["Error: y", "    at b (/tmp/x/index.mjs:2:1)"],
    };
    logs.add(line("a", `Invoke Error ${JSON.stringify(error)}`, { stream: "stderr" }));

    expect(logs.read("a").lines).toEqual([
      { at: 1, text: '{"audit":"attempt","why":"Error: x"}', isError: true, stack: ["at a (index.mjs:1:1)"] },
      { at: 1, text: "Error: y", isError: true, stack: ["at b (index.mjs:2:1)"] },
    ]);
  });

  test("are bounded: the oldest are dropped, and failed ones after the others", () => {
    const logs = openInvocationLogs({ characters: 2_000 });
    logs.add(line("failed", '{"audit":"attempt","outcome":"retry"}'));

    for (let i = 0; i < 1_000; i++) logs.add(line(`ok-${i}`, "x".repeat(100)));

    const kept = Array.from({ length: 1_000 }, (_, i) => `ok-${i}`).filter(
      (id) => textsOf(logs, id).length > 0,
    );
    expect(kept.length).toBeLessThanOrEqual(10);
    expect(kept.at(-1)).toBe("ok-999");
    expect(textsOf(logs, "failed")).toHaveLength(1);
  });

  test("of failed invocations are bounded too", () => {
    const logs = openInvocationLogs({ characters: 2_000 });

    for (let i = 0; i < 1_000; i++) logs.add(line(`f-${i}`, "x".repeat(100), { stream: "stderr" }));

    const kept = Array.from({ length: 1_000 }, (_, i) => `f-${i}`).filter(
      (id) => textsOf(logs, id).length > 0,
    );
    expect(kept.length).toBeLessThanOrEqual(20);
  });

  test("of one invocation have so many lines, and tell that there were more", () => {
    const logs = openInvocationLogs({ lines: 2 });
    for (const text of ["1", "2", "3"]) logs.add(line("a", text));

    expect(textsOf(logs, "a")).toEqual(["1", "2"]);
    expect(logs.read("a").isCut).toBe(true);
  });
});
