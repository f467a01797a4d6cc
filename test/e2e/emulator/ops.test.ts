import { describe, expect, it } from "vitest";
import type { OrderView } from "../../../functions/contract/schemas.ts";
import { failedKey, put } from "../messages.ts";
import { openOwnEmulator } from "../open-target.ts";
import { cliOf } from "../run-cli.ts";
import { expectExactStock, writeHeld } from "../tables.ts";
import { until, untilTrue } from "../until.ts";

const { target, api } = await openOwnEmulator();

const cli = cliOf(target);
const json = async (...args: readonly string[]) => JSON.parse((await cli(...args, "--json")).text);

it("runs every resource of the stacks", async () => {
  const about = await (await fetch(`${target.url}/_emulator`)).json();

  expect(about).toMatchObject({ app: "order-events", leftOut: [] });
});

const COUNT = 12;
const openCount = async () => {
  const groups: { count: number }[] = await json("failed", "groups");
  return groups.reduce((sum, { count }) => sum + count, 0);
};

describe("many messages with the same cause", () => {
  const orders: OrderView[] = [];

  it("are listed with their cause", async () => {
    await api.stockUp("tea", COUNT);
    for (let i = 0; i < COUNT; i++) orders.push(await api.decidedOrder("tea", 1));
    await writeHeld(target, "tea", 0);
    for (const { orderId } of orders) await api.cancel(orderId);
    await untilTrue("all are parked", async () => (await openCount()) === COUNT, 60_000);

    const groups = await json("failed", "groups");
    const why = await json("failed", "why", groups[0].sample);
    const listed = await cli("failed", "list", "--reason", "STOCK_MISMATCH");

    expect(groups).toMatchObject([{ reason: "STOCK_MISMATCH", consumer: "order-cancelled", count: COUNT }]);
    expect(why).toMatchObject({
      effect: "missing",
      because: "the order is CANCELLED",
      redriveWould: "send",
    });
    expect(listed.code).toBe(0);
    expect(listed.text.trim().split("\n")).toHaveLength(COUNT + 1);
  });

  it("fail again when redriven before the repair; maintenance continues, and the breaker stops the redrive", async () => {
    const [{ fingerprint }] = await json("failed", "groups");
    const redrive = ["failed", "redrive", "--group", fingerprint, "--rate", "1"];

    // The API runs only the first seconds of it.
    const ending = cli(...redrive, "--yes", "--why", "too early");
    const [job] = await until("the job is left to maintenance", async () => {
      const jobs: { jobId: string; done: number }[] = await json("jobs", "list");
      return (jobs[0]?.done ?? 0) >= 4 ? jobs : undefined;
    });
    await untilTrue("maintenance has ended it", async () => {
      await target.invoke("maintenance");
      return (await json("jobs", "show", job?.jobId ?? "")).status !== "RUNNING";
    });
    const { code, text } = await ending;

    expect({ code, text }).toEqual({ code: 2, text: expect.stringMatching(/STOPPED: .* failed again/) });
    await untilTrue("all are open again", async () => (await openCount()) === COUNT, 30_000);
    const open: { generation: number }[] = await json("failed", "list");
    expect(Math.max(...open.map(({ generation }) => generation))).toBe(2);
  });

  it("are redriven after the repair, first one and then all, and none is left", async () => {
    await writeHeld(target, "tea", COUNT);
    const [{ fingerprint }] = await json("failed", "groups");
    const group = ["failed", "redrive", "--group", fingerprint];
    const redrive = [...group, "--yes", "--why", "stock is counted"];

    const tried = await cli(...group);
    const untouched = await openCount();
    const sent = await cli(...redrive, "--rate", "50");
    const observed = await cli("failed", "watch");
    const again = await cli(...redrive);

    expect(tried.code).toBe(0);
    expect(tried.text).toContain(`would send ${COUNT}`);
    expect(untouched).toBe(COUNT);
    expect(sent.text).toMatch(/DONE\n {2}12 sent, 0 resolved, 0 refused/);
    expect(observed.code).toBe(0);
    expect(again).toMatchObject({ code: 0, text: expect.stringContaining("no open message") });
    for (const { orderId } of orders)
      await api.failed(`order-cancelled~${orderId}:3:order.cancelled`, "RESOLVED", 30_000);
    expect(await api.stock("tea")).toEqual({ sku: "tea", onHand: COUNT, held: 0, available: COUNT });
    await expectExactStock(target);
    expect((await cli("failed", "status")).code).toBe(0);
  });
});

describe("order-events live", () => {
  /** A line of JSON for each entry. */
  const entries = async (...args: readonly string[]) =>
    (await cli("live", "--once", "--json", ...args)).text
      .split("\n")
      .flatMap((line) => (line === "" ? [] : [JSON.parse(line) as Record<string, unknown>]));

  it("prints what became of an order, from its acceptance to its mail", async () => {
    await api.stockUp("cocoa", 1);
    const { orderId } = await api.decidedOrder("cocoa", 1);

    const seen = await until("the mail is sent", async () => {
      const found = await entries("--order", orderId);
      return found.some(({ outcome }) => outcome === "mailed") ? found : undefined;
    });

    expect(seen.map(({ source, outcome }) => [source, outcome])).toEqual(
      expect.arrayContaining([
        ["place-order", "accepted"],
        ["publish-events", "published"],
        ["order-created", "done"],
        ["notify-customer", "mailed"],
      ]),
    );
    for (const entry of seen)
      expect(entry).toMatchObject({
        durationMs: expect.any(Number),
        requestId: expect.stringMatching(/^[\w-]{36}$/),
      });
    expect(await entries("--order", orderId, "--outcome", "retry")).toEqual([]);
  });

  const place = () => api.place({ lines: [{ sku: "cocoa", quantity: 1, unitPrice: 450 }] });
  const found = (what: string, ...args: readonly string[]) =>
    until(what, async () => (await entries("--consumer", "order-created", ...args)).at(-1));

  it("prints failed attempts with their stack, and a crashed invocation", async () => {
    await api.stockUp("cocoa", 2);
    await target.emulator.break("table:order-events-local-stock", 1);
    await place();
    const failed = await found("an attempt fails", "--outcome", "retry");
    await target.emulator.mend();
    await target.emulator.break("function:order-created", 1);
    const { body: stuck } = await place();
    const crashed = await found("an invocation crashes", "--outcome", "crashed");
    await target.emulator.mend();

    expect(failed).toMatchObject({ retryInSeconds: expect.any(Number), stack: expect.any(Array) });
    expect(JSON.stringify(failed)).not.toContain(process.cwd());
    expect(crashed["detail"]).toBe("EmulatorFault: order-created is broken on purpose");
    expect((await cli("logs", String(crashed["requestId"]))).text).toContain("broken on purpose");
    expect((await cli("orders", "logs", String(stuck["orderId"]))).text).toContain("broken on purpose");
    const { text } = await cli("logs", String(failed["requestId"]));
    expect(text).toMatch(/^order-created [\w-]{36}\n.*"outcome":"retry"/);
    expect(text, "a frame of the sources").toMatch(/^ +at .*\(functions\/[\w/-]+\.ts:\d+:\d+\)$/m);
    expect((await cli("orders", "logs", String(failed["orderId"]))).text).toContain(text);
  });
});

describe("order-events queues peek", () => {
  it("prints the messages of a queue and receives none of them", async () => {
    await target.emulator.break("function:order-created", 1);
    await put(target, "order-created", "left");
    const left = async () => {
      const { messages } = await json("queues", "peek", "order-created");
      return (messages as { body: string; state: string; receives: number }[]).find(
        ({ body, state }) => body === "left" && state === "in flight",
      );
    };
    const first = await until("its function fails, and it stays in the queue", left);
    const again = await left();
    const unknown = await cli("queues", "peek", "nothing");

    await target.emulator.mend();

    expect([first.receives, again]).toEqual([1, first]);
    expect(unknown).toMatchObject({ code: 1, errors: expect.stringContaining("Queues: order-created") });
  });
});

describe("a malformed message", () => {
  it("is discarded with a reason, and opened again", async () => {
    const key = failedKey("order-created", "{");
    await put(target, "order-created", "{");
    await api.failed(key, "OPEN");

    const refused = await cli("failed", "redrive", key, "--yes", "--why", "again");
    const tried = await cli("failed", "discard", key);
    const discarded = await cli("failed", "discard", key, "--yes", "--why", "garbage");
    const cleared = await cli("failed", "groups");
    const opened = await cli("failed", "undo", key, "--yes", "--why", "it can be mended");

    expect(refused).toMatchObject({ code: 1, errors: expect.stringContaining("MALFORMED_JSON") });
    expect(tried).toMatchObject({ code: 0, text: expect.stringContaining("nothing was changed") });
    expect(discarded.code).toBe(0);
    expect(cleared.code).toBe(0);
    expect(opened.text).toContain("OPEN (generation 2)");
    expect((await api.failed(key, "OPEN")).history.map(({ act, by, why }) => [act, by, why])).toEqual([
      ["park", "order-created", "MALFORMED_JSON: Unprocessable"],
      ["discard", "local", "garbage"],
      ["undo", "local", "it can be mended"],
    ]);
  });

  it.each([
    [["failed", "redrive"]],
    [["failed", "redrive", "a", "b"]],
    [["failed", "redrive", "a", "--reason", "EXPIRED"]],
    [["failed", "redrive", "a", "--yes"]],
    [["failed", "redrive", "--reason", "EXPIRED", "--rate", "101"]],
    [["failed", "discard"]],
    [["failed", "discard", "a", "--all"]],
    [["failed", "undo", "--all", "--reason", "EXPIRED"]],
    [["jobs", "abort"]],
    [["failed", "edit", "a"]],
    [["failed", "list", "a"]],
  ])("order-events %j is invalid usage", async (args) => {
    expect((await cli(...args)).code).toBe(3);
  });
});
