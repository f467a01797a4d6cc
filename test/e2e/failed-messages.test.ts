import { describe, expect, it } from "vitest";
import type { RequestOf } from "../../functions/contract/api-types.ts";
import type { JobView } from "../../functions/contract/operator-answers.ts";
import type { OrderView } from "../../functions/contract/schemas.ts";
import { eventAbout, failedKey, put } from "./messages.ts";
import { openTarget } from "./open-target.ts";
import { expectExactStock, writeHeld } from "./tables.ts";
import { until } from "./until.ts";

const { target, api, own } = await openTarget();

const act = (
  failedKey: string,
  name: "redrive" | "discard" | "undo",
  body: { readonly why: string; readonly generation?: number; readonly dryRun?: boolean },
) => api.call(`POST /failed-messages/{failedKey}/${name}`, { failedKey, body });

async function start(body: RequestOf<"POST /jobs">["body"]): Promise<JobView> {
  const { body: job } = await api.call("POST /jobs", { body });
  if ("dryRun" in job) throw new Error("the job is a dry run");
  return job;
}

/** Orders whose cancellation is parked, because the stock row has no held units. */
async function withoutStock(sku: string, count: number): Promise<{ key: string; order: OrderView }[]> {
  await api.stockUp(sku, count);
  const orders = await Promise.all(Array.from({ length: count }, () => api.decidedOrder(sku, 1)));
  await writeHeld(target, sku, 0);
  return Promise.all(
    orders.map(async (order) => {
      const { body } = await api.cancel(order.orderId);
      const key = failedKey("order-cancelled", eventAbout(body, "order.cancelled"));
      await api.failed(key, "OPEN");
      return { key, order };
    }),
  );
}

describe("an open message", () => {
  it("shows its cause, is redriven after the repair, and is resolved", async () => {
    const [failed] = await withoutStock(own("one"), 1);
    const key = failed?.key ?? "";
    const parked = await api.failed(key, "OPEN");
    await writeHeld(target, own("one"), 1);

    const tried = await act(key, "redrive", { why: "the stock is counted", dryRun: true });
    const untouched = await api.failed(key, "OPEN");
    const sent = await act(key, "redrive", { why: "the stock is counted", generation: parked.generation });
    const resolved = await api.failed(key, "RESOLVED");

    expect(parked).toMatchObject({ reason: "STOCK_MISMATCH", consumer: "order-cancelled", generation: 1 });
    expect(tried.status).toBe(200);
    expect(untouched.history).toEqual(parked.history);
    expect(sent).toMatchObject({ status: 200, body: { outcome: "sent", status: "REDRIVEN" } });
    expect(resolved.history.map(({ act: name }) => name)).toEqual(["park", "redrive", "resolve"]);
    expect(await api.stock(own("one"))).toMatchObject({ held: 0, available: 1 });
  });

  it.each([
    ["order-created", "order.created", 1],
    ["notify-customer", "order.confirmed", 2],
  ] as const)("of %s is redriven to its queue, and is parked again", async (consumer, type, version) => {
    const order = await api.decidedOrder(own("redriven"), 1);
    const unknown = { ...order, orderId: order.orderId.replace(/.$/, (last) => (last === "0" ? "1" : "0")) };
    const event = eventAbout(unknown, type, version);
    const key = failedKey(consumer, event);
    await put(target, consumer, event);
    await api.failed(key, "OPEN");

    const sent = await act(key, "redrive", { why: "tried again" });

    expect(sent).toMatchObject({ status: 200, body: { outcome: "sent" } });
    await until("it is parked again", async () => {
      const { status, failures } = await api.failed(key, "OPEN");
      return status === "OPEN" && failures === 2 ? true : undefined;
    });
  });

  it("of another generation than the operator read does not change", async () => {
    const event = `no event ${own("generation")}`;
    await put(target, "order-created", event);
    const key = failedKey("order-created", event);
    await api.failed(key, "OPEN");

    const answer = await act(key, "discard", { why: "garbage", generation: 2 });

    expect(answer).toMatchObject({ status: 409, body: { code: "FAILED_MESSAGE_CHANGED" } });
  });

  it("is discarded with a reason, and opened again", async () => {
    const event = `no event ${own("discarded")}`;
    await put(target, "order-created", event);
    const key = failedKey("order-created", event);
    await api.failed(key, "OPEN");

    const refused = await act(key, "redrive", { why: "again" });
    const discarded = await act(key, "discard", { why: "garbage" });
    const opened = await act(key, "undo", { why: "it is evidence" });

    expect([refused.status, discarded.status, opened.status]).toEqual([422, 200, 200]);
    expect((await api.failed(key, "OPEN")).history.map(({ why }) => why)).toEqual([
      "MALFORMED_JSON: Unprocessable",
      "garbage",
      "it is evidence",
    ]);
    await act(key, "discard", { why: "garbage" });
  });
});

it("messages with the same cause are redriven by one job", async () => {
  const failed = await withoutStock(own("many"), 4);
  await writeHeld(target, own("many"), 4);
  const filter = { consumer: "order-cancelled", reason: "STOCK_MISMATCH" };

  const started = await api.call("POST /jobs", {
    body: { act: "redrive", filter, why: "counted", ratePerSecond: 50 },
  });
  const { jobId = "" } = "jobId" in started.body ? started.body : {};
  const job = await until("the redrive is done", async () => {
    const { body } = await api.call("GET /jobs/{jobId}", { jobId });
    if (body.status !== "RUNNING") return body;
    await target.invoke("maintenance");
    return undefined;
  });

  expect(started).toMatchObject({ status: 202 });
  expect(job).toMatchObject({ status: "DONE", done: 4 });
  for (const { key } of failed) await api.failed(key, "RESOLVED");
  expect(await api.stock(own("many"))).toMatchObject({ held: 0, available: 4 });
});

it("messages are discarded by one job, which is aborted, and undone by another", async () => {
  // More than the job discards before maintenance continues it, so that it can be aborted meanwhile.
  const failed = await withoutStock(own("discarded"), 9);
  const read = async () => {
    const rows = await Promise.all(failed.map(({ key }) => api.failed(key, "OPEN")));
    return rows.map((row) => ({ failedKey: row.failedKey, generation: row.generation }));
  };

  const starting = start({ act: "discard", messages: await read(), why: "garbage", ratePerSecond: 1 });
  const running = await until("the job has discarded one", async () => {
    const { jobs } = (await api.call("GET /jobs")).body;
    return jobs.find(({ act, why, done }) => act === "discard" && why === "garbage" && done > 0);
  });
  const { jobId = "" } = running;
  const { body: aborted } = await api.call("POST /jobs/{jobId}/abort", {
    jobId,
    body: { why: "not garbage" },
  });
  await starting;
  const undone = await until("all are found by the undo", async () => {
    const job = await start({ act: "undo", filter: { job: jobId }, why: "not garbage" });
    return job.done === aborted.done ? job : undefined;
  });

  expect(aborted).toMatchObject({ status: "ABORTED", abort: { why: "not garbage" } });
  expect(aborted.done).toBeLessThan(9);
  expect(undone).toMatchObject({ status: "DONE", done: aborted.done });
  await writeHeld(target, own("discarded"), 9);
  expect(await start({ act: "redrive", messages: await read(), why: "counted" })).toMatchObject({ done: 9 });
  for (const { key } of failed) await api.failed(key, "RESOLVED");
});

it("I1: afterwards the stock matches the orders", () => expectExactStock(target));
