import { beforeAll, describe, expect, it } from "vitest";
import type { OrderView, StockView } from "../../functions/contract/schemas.ts";
import type { FailedMessage } from "../../functions/failures/domain/failed-message.ts";
import { line } from "./client.ts";
import { openTarget } from "./open-target.ts";
import { CANARY, REFUSALS, type Refusal } from "./refusals.ts";
import { rowsOf } from "./tables.ts";

const { target, api } = await openTarget();
let own: OrderView;
let before: unknown;
beforeAll(async () => {
  await api.stockUp("tea", 1_000);
  own = await api.decidedOrder("tea", 1);
  before = await tables();
});

/** Without what others may write meanwhile: the events of earlier orders, which may be in flight, and maintenance. */
async function tables() {
  const [orders, stock, notifications, failed] = await Promise.all([
    rowsOf<OrderView>(target, "orders"),
    rowsOf<StockView>(target, "stock"),
    rowsOf<object>(target, "notifications"),
    rowsOf<Partial<FailedMessage>>(target, "failedMessages"),
  ]);
  const placed = orders.map(({ orderId }) => orderId);
  const isOfNoOrder = (row: object) => !placed.some((orderId) => JSON.stringify(row).includes(orderId));
  return {
    placed,
    counted: stock.map(({ sku, onHand }) => ({ sku, onHand })),
    own: [
      ...orders.filter(({ orderId }) => orderId === own.orderId),
      ...stock.filter(({ sku }) => sku === "tea"),
    ],
    others: [...notifications, ...failed.filter(({ consumer }) => consumer !== undefined)].filter(
      isOfNoOrder,
    ),
  };
}

const send = ({ path = "/orders", method = "POST", headers, body }: Refusal) =>
  api.request<Record<string, unknown>>(path, {
    method,
    headers: {
      "Content-Type": "application/json",
      ...(headers ?? { "Idempotency-Key": "some-key" }),
    },
    ...(body === undefined ? {} : { body }),
  });

describe("the API refuses", () => {
  it.each(REFUSALS)("$what: $status $code", async (refusal) => {
    const { status, headers, body } = await send(refusal);

    expect({ status, code: body["code"] }).toEqual({ status: refusal.status, code: refusal.code });
    if (refusal.pointer !== undefined) expect(body["pointer"]).toBe(refusal.pointer);
    expect(headers.get("content-type")).toBe("application/problem+json");
    expect(body).toMatchObject({
      type: `urn:order-events:problem:${body["code"]}`,
      status,
      title: expect.any(String),
    });
    expect(body["requestId"]).toEqual(expect.any(String));
    const shown = JSON.stringify([body, [...headers]]);
    for (const secret of [CANARY, "canary", "node_modules", "    at "]) expect(shown).not.toContain(secret);
  });

  it("and responds with the gateway's request id", async () => {
    const { headers, body } = await api.request<Record<string, unknown>>("/orders/nothing");

    expect(body["requestId"]).toBe(headers.get("x-amzn-requestid"));
  });

  it("G2: bytes that are not UTF-8", async () => {
    const { status, body } = await send({
      what: "invalid UTF-8",
      body: new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]),
      status: 400,
      code: "INVALID_REQUEST",
    });

    // The gateway forwards text with U+FFFD instead of such bytes.
    expect(status).toBe(400);
    expect(["MALFORMED_JSON", "BAD_ENCODING", "INVALID_REQUEST"]).toContain(body["code"]);
  });

  it("and every table is unchanged", async () => {
    expect(await tables()).toEqual(before);
  });

  it("J1: and no log line holds customer data", async () => {
    expect((await target.logs()).join("\n")).not.toContain("canary");
  });
});

it("accepts an order of 90 SKUs and one with the largest body", async () => {
  const lines = Array.from({ length: 90 }, (_, index) => line(`s-${index}`));
  const text = JSON.stringify({ customerId: "ada", contact: { email: CANARY }, currency: "EUR", lines });

  const { status, body } = await send({
    what: "the largest order",
    headers: { "Idempotency-Key": "the-largest" },
    body: text.padEnd(65_536, " "),
    status: 202,
    code: "INTERNAL",
  });

  expect(status).toBe(202);
  await api.become(String(body["orderId"]));
});
