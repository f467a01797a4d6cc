import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ScheduleSpec } from "../../../lib/emulator/assembly/model.ts";
import { triggerOf } from "../../../lib/emulator/assembly/read-schedules.ts";
import { startSchedules } from "../../../lib/emulator/event-sources/run-schedules.ts";
import { alarmMails } from "../../../lib/emulator/metrics/alarm-mail.ts";
import { createRecentLogs } from "../../../lib/emulator/recent-logs.ts";
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
    arn: "arn:aws:events:eu-central-1:000000000000:rule/minutely",
    source: "aws.events",
    trigger: { kind: "rate", everyMs: 60_000 },
    target: { kind: "function", functionName: "maintenance" },
    input: { due: true },
    enabled: true,
    ...change,
  });
  const run = (schedule: ScheduleSpec, result: () => Promise<unknown>) => {
    const sent: unknown[] = [];
    const failures: string[] = [];
    const schedules = startSchedules({
      schedules: [schedule],
      region: "eu-central-1",
      clock: Date,
      send: ({ target }, event) => {
        sent.push([target, event]);
        return result();
      },
      onFailure: (_schedule, detail) => failures.push(detail),
    });
    return { sent, failures, schedules };
  };
  const ok = async () => {};
  const TARGET = { kind: "function", functionName: "maintenance" };

  it("send their input to their target each period", async () => {
    const { sent, schedules } = run(every(), ok);

    await vi.advanceTimersByTimeAsync(120_000);
    await schedules.stop();

    expect(sent).toEqual([
      [TARGET, { due: true }],
      [TARGET, { due: true }],
    ]);
  });

  it("send an event of EventBridge where they have no input", async () => {
    vi.setSystemTime(Date.UTC(2026, 0, 1, 7, 59, 30));
    const { input: _, ...schedule } = every({ trigger: triggerOf("cron(0 8 * * ? *)", "Daily", "UTC") });
    const { sent } = run(schedule, ok);

    await vi.advanceTimersByTimeAsync(24 * 3_600_000);

    expect(sent).toEqual([
      [
        TARGET,
        {
          version: "0",
          id: expect.stringMatching(/^[0-9a-f-]{36}$/),
          "detail-type": "Scheduled Event",
          source: "aws.events",
          account: "000000000000",
          time: "2026-01-01T08:00:00Z",
          region: "eu-central-1",
          resources: ["arn:aws:events:eu-central-1:000000000000:rule/minutely"],
          detail: {},
        },
      ],
    ]);
  });

  it("run once at a time, and not when it is past", async () => {
    vi.setSystemTime(Date.UTC(2026, 0, 1));
    const past = run(every({ trigger: triggerOf("at(2025-12-31T23:59:59)", "Once", "UTC") }), ok);
    const future = run(every({ trigger: triggerOf("at(2026-01-01T03:00:00)", "Once", "UTC") }), ok);

    await vi.advanceTimersByTimeAsync(6 * 3_600_000);

    expect([past.sent.length, future.sent.length]).toEqual([0, 1]);
  });

  it("follow the wall clock that is set while they wait", async () => {
    vi.setSystemTime(Date.UTC(2026, 0, 1, 0));
    const { sent } = run(every({ trigger: triggerOf("cron(0 8 * * ? *)", "Daily", "UTC") }), ok);

    vi.setSystemTime(Date.UTC(2026, 0, 1, 7, 59));
    await vi.advanceTimersByTimeAsync(120_000);

    expect(sent).toHaveLength(1);
  });

  it("do nothing while disabled", async () => {
    const { sent } = run(every({ enabled: false }), ok);

    await vi.advanceTimersByTimeAsync(120_000);

    expect(sent).toEqual([]);
  });

  it("report a target that cannot be sent to, and continue", async () => {
    const { sent, failures, schedules } = run(every(), async () => {
      throw new Error("no such queue");
    });

    await vi.advanceTimersByTimeAsync(120_000);
    await schedules.stop();

    expect(failures).toEqual(["Error: no such queue", "Error: no such queue"]);
    expect(sent).toHaveLength(2);
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
      path: topicArn,
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
