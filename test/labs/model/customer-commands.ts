import fc from "fast-check";
import { expect } from "vitest";
import * as api from "../../component/api.ts";
import { type Command, command } from "./command.ts";
import { accept } from "./compare-states.ts";
import { cancelled, held, placed, type ReferenceOrder } from "./reference.ts";
import { idOf, KEYS, REQUESTS, requestAt, SKUS } from "./requests.ts";

const keys = fc.constantFrom(...KEYS);
const requests = fc.nat({ max: REQUESTS.length - 1 });

/** Includes repeated orders, and other orders under a used key. */
const place = fc.tuple(keys, requests).map(([key, number]) =>
  command(`place ${key} with request ${number}`, async (reference, system) => {
    const before = reference.orders.get(key);

    const response = await api.place(requestAt(number), key);

    const after = before ?? placed(number, requestAt(number).lines);
    const how = reference.broken.get("orders");
    if (how !== undefined) {
      expect(response.status).toBeGreaterThanOrEqual(500);
      accept(reference, system, key, how === "reply lost" ? [after, before] : [before]);
    } else if (after.request === number) {
      expect(response).toMatchObject({ status: 202, body: viewOf(key, after) });
      reference.orders.set(key, after);
    } else {
      expect(response).toMatchObject({ status: 422, body: { code: "IDEMPOTENCY_KEY_REUSED" } });
    }
  }),
);

const cancel = keys.map((key) =>
  command(`cancel ${key}`, async (reference, system) => {
    const before = reference.orders.get(key);

    const response = await api.cancel(idOf(key));

    const after = before && cancelled(before);
    const how = reference.broken.get("orders");
    if (how !== undefined) {
      expect(response.status).toBeGreaterThanOrEqual(500);
      accept(reference, system, key, how === "reply lost" ? [after, before] : [before]);
    } else if (after === undefined) {
      expect(response).toMatchObject({ status: 404, body: { code: "ORDER_NOT_FOUND" } });
    } else {
      expect(response).toMatchObject({ status: 200, body: viewOf(key, after) });
      reference.orders.set(key, after);
    }
  }),
);

const read = keys.map((key) =>
  command(`read ${key}`, async ({ orders, broken }) => {
    const expected = orders.get(key);

    const response = await api.read(idOf(key));

    if (broken.has("orders")) expect(response.status).toBeGreaterThanOrEqual(500);
    else if (expected === undefined) expect(response.status).toBe(404);
    else expect(response).toMatchObject({ status: 200, body: viewOf(key, expected) });
  }),
);

const count = fc.tuple(fc.constantFrom(...SKUS), fc.nat({ max: 7 })).map(([sku, onHand]) =>
  command(`count ${onHand} of ${sku}`, async (reference) => {
    const units = held(reference, sku);

    const response = await api.count(sku, onHand);

    if (units > onHand) {
      expect(response).toMatchObject({ status: 409, body: { code: "STOCK_BELOW_HELD" } });
      return;
    }
    const body = { sku, onHand, held: units, available: onHand - units };
    expect(response).toMatchObject({ status: 200, body });
    reference.counted.set(sku, onHand);
  }),
);

function viewOf(key: string, { status, reason, version, lines }: ReferenceOrder) {
  return { orderId: idOf(key), status, version, lines, ...(reason === undefined ? {} : { reason }) };
}

/** Commands of customers and the warehouse. A command listed twice is twice as likely. */
export const CUSTOMER_COMMANDS: readonly fc.Arbitrary<Command>[] = [place, place, cancel, read, count];
