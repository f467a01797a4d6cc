import { expect, it } from "vitest";
import type { ListOrders } from "../../../functions/contract/operator-schemas.ts";
import { line } from "../client.ts";
import { openOwnEmulator } from "../open-target.ts";

const { target, api } = await openOwnEmulator({ ordersByCustomer: "true" });

const find = async (query: ListOrders) => {
  const { status, body } = await api.call("GET /orders", { query });
  expect(status).toBe(200);
  return { by: body.foundBy, ids: body.items.map(({ orderId }) => orderId), units: body.readUnits };
};

it("an operator finds the orders of a customer by their index, pending ones by theirs, and others by reading the table", async () => {
  await api.stockUp("tea", 100);
  const decided = await api.decidedOrder("tea", 1, { customerId: "ada" });
  await api.decidedOrder("tea", 1, { customerId: "grace" });
  await target.emulator.break("function:order-created");
  const { body: waiting } = await api.place({ lines: [line("tea")], customerId: "grace" });

  expect(await find({ customerId: "ada" })).toMatchObject({ by: "customer-index", ids: [decided.orderId] });
  expect(await find({ customerId: "grace", status: "CONFIRMED", limit: 5 })).toMatchObject({
    by: "customer-index",
  });
  expect(await find({ status: "PENDING" })).toMatchObject({ by: "pending-index", ids: [waiting.orderId] });
  expect((await find({ status: "CONFIRMED" })).ids).toHaveLength(2);
  expect((await find({ status: "CONFIRMED" })).by).toBe("scan");
  await target.emulator.mend();
});
