import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { OrderView } from "../../../functions/contract/schemas.ts";
import { someJob, somePreview } from "./some-job.ts";
import { someOrder } from "./some-order.ts";
import { type StubbedApi, stubbedApi } from "./stubbed-api.ts";

let api: StubbedApi;
beforeEach(() => {
  api = stubbedApi();
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe("order-events orders show", () => {
  const shown = async (changes: Partial<OrderView>) => {
    api.answers["GET /orders/A"] = [someOrder(changes)];
    return (await api.run("orders", "show", "A")).text;
  };

  test("prints that a cancelled order still holds stock, and of no other", async () => {
    expect(await shown({ status: "CANCELLED", stockHeld: true })).toContain("\n  Its stock is still held.\n");
    expect(await shown({ status: "CANCELLED", stockHeld: false })).not.toContain("stock");
    expect(await shown({ status: "CONFIRMED", stockHeld: true })).not.toContain("stock");
  });
});

describe("order-events orders timeline", () => {
  const TIMELINE = {
    orderId: "A",
    entries: [
      { at: 1_000, source: "publish-events", event: "A:1:order.created", outcome: "published", attempt: 1 },
      {
        at: 1_250,
        source: "order-created",
        event: "A:1:order.created",
        outcome: "retry",
        attempt: 2,
        detail: "no",
      },
    ],
  };

  test("prints each entry with the time since the first and its details", async () => {
    api.answers["GET /_emulator/observe/timeline?orderId=A"] = [TIMELINE];

    const { code, text } = await api.run("orders", "timeline", "A");

    expect(code).toBe(0);
    expect(text.split("\n").map((line) => line.replace(/ {2,}/g, "|"))).toEqual([
      "A, from 1970-01-01T00:00:01.000Z",
      "AFTER|BY|EVENT|OUTCOME|WHY",
      "+0.000 s|publish-events|1 order.created|published",
      "+0.250 s|order-created|1 order.created|retry|attempt 2|attempt 1 left no record: a crash, a time-out or a throttle; no",
      "",
    ]);
  });

  test("prints the API response with --json before the command", async () => {
    api.answers["GET /_emulator/observe/timeline?orderId=A"] = [TIMELINE];

    const { text } = await api.run("--json", "orders", "timeline", "A");

    expect(JSON.parse(text)).toEqual(TIMELINE);
  });

  test("prints a message for an unknown order, exit code 1", async () => {
    api.answers["GET /_emulator/observe/timeline?orderId=B"] = [{ orderId: "B", entries: [] }];

    expect(await api.run("orders", "timeline", "B")).toMatchObject({
      code: 1,
      text: expect.stringContaining("no audit lines for B"),
    });
  });
});

describe("order-events orders republish", () => {
  const JOB = someJob({ act: "republish", done: 4 });

  test("is a dry run without --yes and prints sample events", async () => {
    const outcomes = [{ outcome: "publish" as const, count: 2, samples: [{ id: "A:1:order.created" }] }];
    api.answers["POST /jobs"] = [somePreview({ act: "republish", total: 2, outcomes })];

    const { code, text } = await api.run("orders", "republish", "--status", "PENDING", "--older", "2h");

    expect(api.asked[0]?.body).toEqual({
      act: "republish",
      orders: { status: "PENDING", olderThanSeconds: 7_200 },
      ratePerSecond: 10,
      why: "a dry run",
      dryRun: true,
    });
    expect(text).toContain("would publish 2\n    A:1:order.created");
    expect(text).toContain("nothing was changed; to apply");
    expect(code).toBe(0);
  });

  test.each([
    [{}, 0],
    [{ refused: 1 }, 1],
    [{ status: "STOPPED", stoppedBecause: "the topic refused 10" }, 2],
  ])("--yes: follows the job until it has ended with %o, exit code %i", async (end, expected) => {
    api.answers["POST /jobs"] = [{ ...JOB, status: "RUNNING" }];
    api.answers["GET /jobs/j1"] = [{ ...JOB, ...end }];

    const { code, text, errors } = await api.run(
      ...["orders", "republish", "--status", "PENDING", "--yes", "--why", "off"],
    );

    expect(errors).toContain("4 published");
    expect(text).toContain(`4 published, ${"refused" in end ? 1 : 0} refused and parked`);
    expect(code).toBe(expected);
  });

  test.each([
    [["--older", "10m"], "--status is required: one of PENDING"],
    [["--status", "LOST"], "received LOST"],
    [["--status", "PENDING", "--older", "59"], "at least 1m"],
    [["--status", "PENDING", "--older", "soon"], "--older must be a duration such as"],
    [["--status", "PENDING", "--rate", "0"], "--rate must be a whole number"],
    [["--status", "PENDING", "--yes"], "--yes needs --why"],
  ])("refuses %j as invalid usage", async (flags, message) => {
    const { code, errors } = await api.run("orders", "republish", ...flags);

    expect(code).toBe(3);
    expect(errors).toContain(message);
    expect(api.asked).toEqual([]);
  });
});

describe("order-events load", () => {
  const order = (status: string) => ({ orderId: "A", status });
  const PLACED = () => Response.json(order("PENDING"), { status: 202 });

  test("prints the summary so far when it is interrupted, and ends with 130", async () => {
    api.answers["PUT /stock/load-1"] = [{}];
    api.answers["POST /orders"] = [PLACED()];
    api.answers["GET /orders/A"] = [order("PENDING")];

    const running = api.run("load", "--rate", "100", "--seconds", "3600", "--skus", "1", "--json");
    await expect.poll(() => api.asked.length).toBeGreaterThan(5);
    api.interruption.abort();

    const { code, text } = await running;
    expect(code).toBe(130);
    expect(JSON.parse(text)).toMatchObject({ errors: {}, undecided: 0 });
    expect(JSON.parse(text).accepted).toBe(JSON.parse(text).sent);
  });

  test("sends rate × seconds orders over the SKUs", async () => {
    for (const sku of [1, 2]) api.answers[`PUT /stock/load-${sku}`] = [{}];
    api.answers["POST /orders"] = [PLACED()];
    api.answers["GET /orders/A"] = [order("PENDING"), order("CONFIRMED")];

    const { code, text, errors } = await api.run(
      "load",
      "--rate",
      "40",
      "--seconds",
      "1",
      "--skus",
      "2",
      "--json",
    );

    const placed = api.asked.filter(({ path, method }) => method === "POST" && path === "/orders");
    expect(placed).toHaveLength(40);
    const skus = placed.map(({ body }) => (body as { lines: { sku: string }[] }).lines[0]?.sku);
    expect(Object.groupBy(skus, (sku) => sku ?? "")["load-1"]).toHaveLength(20);
    const summary = JSON.parse(text);
    expect(summary).toMatchObject({ sent: 40, accepted: 40, errors: {}, undecided: 0 });
    expect(summary.decidedMs.count).toBe(summary.followed);
    expect(summary.ratePerSecond).toBeGreaterThan(20);
    expect(summary.decidedMs.count).toBeGreaterThan(0);
    expect(errors).toContain("orders");
    expect(code).toBe(0);
  });

  test("counts refusals by code, exit code 1", async () => {
    api.answers["PUT /stock/load-1"] = [{}];
    api.answers["POST /orders"] = [Response.json({ code: "THROTTLED" }, { status: 429 })];

    const { code, text } = await api.run("load", "--rate", "5", "--seconds", "1", "--skus", "1");

    expect(text).toMatch(/ 0 orders placed, 5 failed .* 0 of 0 followed .*\n {2}5 × 429 THROTTLED\n$/);
    expect(code).toBe(1);
  });

  test.each([
    [["--rate", "0"], "--rate must be a whole number from 1 to 500"],
    [["--seconds", "3601"], "--seconds must be a whole number from 1 to 3600"],
    [["now"], "flags only"],
  ])("refuses %j as invalid usage", async (flags, message) => {
    const { code, errors } = await api.run("load", ...flags);

    expect(code).toBe(3);
    expect(errors).toContain(message);
    expect(api.asked).toEqual([]);
  });
});

describe("order-events orders watch", () => {
  const PENDING = {
    orderId: "A",
    status: "PENDING",
    version: 1,
    lines: [],
    amount: { currency: "EUR", minorUnits: 0 },
  };
  const CONFIRMED = { ...PENDING, status: "CONFIRMED", version: 2 };

  test("prints the order, and again once it is decided", async () => {
    api.answers["GET /orders/A"] = [PENDING, PENDING, CONFIRMED];

    const { code, text } = await api.run("--json", "orders", "watch", "A");

    expect(code).toBe(0);
    expect(
      text
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).status),
    ).toEqual(["PENDING", "CONFIRMED"]);
  });

  test("asks less often the longer it waits", async () => {
    api.answers["GET /orders/A"] = [...Array.from({ length: 20 }, () => PENDING), CONFIRMED];
    const startedAt = performance.now();

    await api.run("orders", "watch", "A");

    expect(performance.now() - startedAt).toBeGreaterThan(300);
  });

  test("of an order that stays PENDING ends after a minute with the next command, exit code 1", async () => {
    api.answers["GET /orders/A"] = [PENDING];
    let now = 0;
    vi.spyOn(performance, "now").mockImplementation(() => (now += 20_000));

    const { code, errors } = await api.run("orders", "watch", "A").finally(() => vi.restoreAllMocks());

    expect(code).toBe(1);
    expect(errors).toContain("orders show A");
  });
});
