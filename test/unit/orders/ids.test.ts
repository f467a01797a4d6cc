import { expect, test } from "vitest";
import { isOrderId, orderIdOfEvent } from "../../../functions/orders/domain/order.ts";
import { order } from "../../fixtures/events.ts";

const { orderId } = order("1");

test("an event of a high version has the id of its order", () => {
  expect(orderIdOfEvent(`${orderId}:12:order.cancelled`)).toBe(orderId);
});

test.each([
  [orderId, true],
  ["", false],
  [orderId.slice(1), false],
  [`${orderId}0`, false],
  [`0${orderId}`, false],
  [`${orderId.slice(0, 25)}i`, false],
  ["I".repeat(26), false],
  [`${orderId} `, false],
])("%o can be the id of an order: %s", (text, isOne) => {
  expect(isOrderId(text)).toBe(isOne);
});
