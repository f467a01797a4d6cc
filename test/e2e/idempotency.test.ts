import { beforeAll, expect, it } from "vitest";
import { line } from "./client.ts";
import { openTarget } from "./open-target.ts";
import { expectExactStock, rowsOf } from "./tables.ts";

const { target, api, own } = await openTarget();
beforeAll(async () => {
  await api.stockUp(own("tea"), 100);
});

const ordersOf = async (customerId: string) =>
  (await rowsOf<{ customerId: string }>(target, "orders")).filter((row) => row.customerId === customerId);

it("A1, I7: twenty concurrent requests with one key place one order", async () => {
  const order = { lines: [line(own("tea"), 2)], customerId: own("twenty"), key: own("one-key") };

  const answers = await Promise.all(Array.from({ length: 20 }, () => api.place(order)));

  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
  const [orderId, ...others] = new Set(answers.map(({ body }) => body.orderId));
  expect(others).toEqual([]);
  expect(await ordersOf(own("twenty"))).toHaveLength(1);
  await api.become(orderId ?? "", "CONFIRMED");
  expect(await api.stock(own("tea"))).toMatchObject({ held: 2 });
});

it("A1: a repeat has the response of the current order", async () => {
  const order = { lines: [line(own("tea"), 1)], customerId: own("repeats"), key: own("repeated") };
  const { body: first } = await api.place(order);
  await api.become(first.orderId, "CONFIRMED");
  const { body: cancelled } = await api.cancel(first.orderId);

  const again = await api.place(order);

  expect(again.status).toBe(202);
  expect(again.body).toMatchObject({
    orderId: first.orderId,
    status: "CANCELLED",
    version: cancelled.version,
  });
  expect(await ordersOf(own("repeats"))).toHaveLength(1);
});

it.each([
  ["quantity", { lines: [line(own("tea"), 2)] }],
  ["price", { lines: [line(own("tea"), 1, 1)] }],
  ["SKU", { lines: [line(own("coffee"), 1)] }],
  ["contact", { email: "eve@example.com" }],
])(
  "A2: the key of an order with another %s is refused, and the order does not change",
  async (what, other) => {
    const order = { lines: [line(own("tea"), 1)], customerId: own(`other-${what}`), key: own("reused") };
    const { body: placed } = await api.place(order);
    const finished = await api.become(placed.orderId);

    const { status, body, headers } = await api.place({ ...order, ...other });

    expect(status).toBe(422);
    expect(body).toMatchObject({ code: "IDEMPOTENCY_KEY_REUSED" });
    expect(headers.get("content-type")).toBe("application/problem+json");
    expect(await api.order(placed.orderId)).toEqual(finished);
    expect(await ordersOf(own(`other-${what}`))).toHaveLength(1);
  },
);

it("G8: the same key of another customer is independent", async () => {
  const [first, second] = await Promise.all(
    [own("first-customer"), own("second-customer")].map((customerId) =>
      api.place({ lines: [line(own("tea"), 1)], customerId, key: own("same") }),
    ),
  );

  expect([first?.status, second?.status]).toEqual([202, 202]);
  expect(first?.body.orderId).not.toBe(second?.body.orderId);
  await Promise.all([first, second].map((answer) => api.become(answer?.body.orderId ?? "")));
  await expectExactStock(target);
});
