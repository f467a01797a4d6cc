import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ScheduleSpec } from "../../../lib/emulator/assembly/model.ts";
import { alarmMails } from "../../../lib/emulator/metrics/alarm-mail.ts";
import { createRecentLogs } from "../../../lib/emulator/recent-logs.ts";
import { startSchedules } from "../../../lib/emulator/run-schedules.ts";
import { createShutdown } from "../../../lib/emulator/shutdown.ts";
import type { InvokeResult, LogLine } from "../../../lib/emulator/types.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("schedules", () => {
  const every = (change: Partial<ScheduleSpec> = {}): ScheduleSpec => ({
    name: "minutely",
    everyMs: 60_000,
    functionName: "maintenance",
    input: { due: true },
    enabled: true,
    ...change,
  });
  const run = (schedule: ScheduleSpec, result: () => Promise<InvokeResult>) => {
    const invoked: unknown[] = [];
    const failures: string[] = [];
    const invoke = (name: string, event: unknown) => {
      invoked.push([name, event]);
      return result();
    };
    const schedules = startSchedules([schedule], { invoke }, (_schedule, detail) => failures.push(detail));
    return { invoked, failures, schedules };
  };
  const ok = async (): Promise<InvokeResult> => ({ kind: "ok", payload: null });

  it("invoke their function each period with their input", async () => {
    const { invoked, schedules } = run(every(), ok);

    await vi.advanceTimersByTimeAsync(120_000);
    await schedules.stop();

    expect(invoked).toEqual([
      ["maintenance", { due: true }],
      ["maintenance", { due: true }],
    ]);
  });

  it("do nothing while disabled", async () => {
    const { invoked } = run(every({ enabled: false }), ok);

    await vi.advanceTimersByTimeAsync(120_000);

    expect(invoked).toEqual([]);
  });

  it.each<[string, InvokeResult, string]>([
    ["throws", { kind: "error", errorType: "Error", errorMessage: "no" }, "no"],
    ["times out", { kind: "timeout" }, "timeout"],
  ])("report a function that %s, and continue", async (_name, result, detail) => {
    const { invoked, failures, schedules } = run(every(), async () => result);

    await vi.advanceTimersByTimeAsync(120_000);
    await schedules.stop();

    expect(failures).toEqual([detail, detail]);
    expect(invoked).toHaveLength(2);
  });

  it("wait for the current run when they stop", async () => {
    const { promise, resolve } = Promise.withResolvers<InvokeResult>();
    const { schedules } = run(every(), () => promise);
    await vi.advanceTimersByTimeAsync(60_000);
    let stopped = false;

    const stopping = schedules.stop().then(() => {
      stopped = true;
    });
    await vi.advanceTimersByTimeAsync(1);
    const before = stopped;
    resolve({ kind: "ok", payload: null });
    await stopping;

    expect([before, stopped]).toEqual([false, true]);
  });
});

describe("shutdown", () => {
  it("closes ingress, then functions, then services", async () => {
    const shutdown = createShutdown();
    const order: string[] = [];
    const part = (name: string) => ({ close: async () => void order.push(name) });
    shutdown.add("services", part("services"));
    shutdown.add("functions", part("functions"));
    shutdown.add("ingress", part("ingress"));

    await shutdown.close();

    expect(order).toEqual(["ingress", "functions", "services"]);
  });

  it("closes once for several calls", async () => {
    const shutdown = createShutdown();
    let times = 0;
    shutdown.add("services", { close: async () => void times++ });

    await Promise.all([shutdown.close(), shutdown.close()]);

    expect(times).toBe(1);
  });

  it("ends within two seconds where one part hangs and another fails", async () => {
    const shutdown = createShutdown();
    const order: string[] = [];
    shutdown.add("ingress", { close: () => new Promise(() => {}) });
    shutdown.add("functions", { close: () => Promise.reject(new Error("no")) });
    shutdown.add("services", { close: async () => void order.push("services") });

    const closed = shutdown.close();
    await vi.advanceTimersByTimeAsync(2_000);
    await closed;

    expect(order).toEqual(["services"]);
  });

  it("waits for every start before it reports the first that failed", async () => {
    const shutdown = createShutdown();
    const late = Promise.withResolvers<string>();

    const all = shutdown.all([Promise.reject(new Error("first")), late.promise]);
    const finished = vi.fn();
    all.catch(finished);
    await vi.advanceTimersByTimeAsync(1);
    expect(finished).not.toHaveBeenCalled();

    late.resolve("late");
    await expect(all).rejects.toThrow("first");
  });
});

describe("the recent logs", () => {
  const line = (text: string): LogLine => ({ at: 0, source: "s", stream: "stdout", text });

  it("keeps the last lines and notifies subscribers", () => {
    const book = createRecentLogs(3);
    const followed: string[] = [];
    const stop = book.onLine(({ text }) => followed.push(text));

    for (const text of ["1", "2", "3", "4", "5", "6", "7"]) book.add(line(text));
    stop();
    book.add(line("8"));

    expect(book.recent().map(({ text }) => text)).toEqual(["6", "7", "8"]);
    expect(followed).toHaveLength(7);
  });
});

describe("an alarm's mails", () => {
  it("are sent to the e-mail subscribers of its topics", () => {
    const state = {
      name: "backlog",
      state: "ALARM",
      since: 5,
      description: "too long",
      actions: ["arn:a"],
    } as const;
    const subscribed = (topicArn: string, protocol: "email" | "sqs") => ({
      topicArn,
      protocol,
      endpoint: `${protocol}@${topicArn}`,
      attributes: {},
    });

    const mails = alarmMails(state, [
      subscribed("arn:a", "email"),
      subscribed("arn:a", "sqs"),
      subscribed("arn:b", "email"),
    ]);

    expect(mails).toMatchObject([
      { at: 5, to: ["email@arn:a"], subject: 'ALARM: "backlog"', text: "too long\n" },
    ]);
  });
});
