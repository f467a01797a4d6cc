import type { OrderView, PlaceOrder } from "../../../../functions/contract/schemas.ts";
import type { ProxyResult } from "../../../../functions/middleware/http.ts";
import { newOrder, orderIdOf } from "../../../../functions/orders/domain/order.ts";
import { type Api, requestOf } from "../api.ts";
import { CANARY, REFUSED_ADDRESS } from "../cloud/mailbox.ts";
import { invocationFaults } from "../cloud/mappings.ts";
import type { Random } from "../engine/random.ts";
import { checkResponse } from "../invariants/responses.ts";
import type { SimulatedSystem } from "../simulated-system.ts";
import { assertInvariant } from "../violation.ts";

const API_TIMEOUT_MS = 10_000;
const CUSTOMER = "customer-1";
const SKUS = ["TEA", "CUP", "POT"] as const;

type Act =
  | { readonly kind: "place"; readonly key: string; readonly request: PlaceOrder; readonly tries: number }
  | { readonly kind: "cancel"; readonly key: string; readonly tries: number }
  | { readonly kind: "count"; readonly sku: string; readonly onHand: number; readonly tries: number };

/** Requests that were answered with success, which the system has to fulfil. */
export interface AcceptedRequests {
  readonly placed: Set<string>;
  readonly cancelled: Set<string>;
  attempted: number;
}

export interface Clients {
  readonly accepted: AcceptedRequests;
  hasMore(): boolean;
  /** Starts the next request. */
  act(): void;
}

const MAX_RUNNING = 3;

export function clients(system: SimulatedSystem): Clients {
  const { random, host, functions, tables } = system;
  const script = scriptOf(random);
  const accepted: AcceptedRequests = { placed: new Set(), cancelled: new Set(), attempted: 0 };

  /** Checks a response; returns whether the client repeats the request. */
  function isToBeRepeated(act: Act, { statusCode, body }: ProxyResult): boolean {
    if (statusCode >= 500 || statusCode === 404) return true;
    switch (act.kind) {
      case "place":
        if (statusCode === 202) checkAccepted(act.key, act.request, JSON.parse(body) as OrderView);
        else
          assertInvariant(statusCode === 422, "I7", () => `an order was answered with ${statusCode} ${body}`);
        if (statusCode === 422) checkRefused(act.key, act.request);
        break;
      case "cancel": {
        const { orderId, status } = JSON.parse(body) as OrderView;
        assertInvariant(status === "CANCELLED", "I8", () => `a cancel was answered with ${status}`);
        accepted.cancelled.add(orderId);
        break;
      }
      case "count":
        assertInvariant(
          statusCode === 200 || statusCode === 409,
          "I1",
          () => `a count was answered with ${body}`,
        );
    }
    return false;
  }

  /** I6 and I7: an accepted order has a durable row, and the row is that of this request. */
  function checkAccepted(key: string, request: PlaceOrder, order: OrderView): void {
    const row = tables.rows.orders.get(orderIdOf(CUSTOMER, key));
    assertInvariant(row !== undefined, "I6", () => `the order of ${key} was accepted, and has no row`);
    assertInvariant(row?.orderId === order.orderId, "I7", () => `${key} was answered with another order`);
    const { requestHash } = newOrder(request, key, 0);
    assertInvariant(
      row?.requestHash === requestHash,
      "I7",
      () => `${key} was answered 202 with another body's order`,
    );
    accepted.placed.add(order.orderId);
  }

  /** I7: a key is refused only where it belongs to another request. */
  function checkRefused(key: string, request: PlaceOrder): void {
    const row = tables.rows.orders.get(orderIdOf(CUSTOMER, key));
    const isOther = row !== undefined && row.requestHash !== newOrder(request, key, 0).requestHash;
    assertInvariant(isOther, "I7", () => `${key} was refused, and its row is that of this request`);
  }

  /** API: only new orders behind a backlog are refused. */
  function checkBusy(act: Act, isRepeat: boolean, { statusCode, body }: ProxyResult): void {
    if (statusCode !== 503 || !body.includes('"BUSY"')) return;
    assertInvariant(
      act.kind === "place" && !isRepeat,
      "API",
      () => "a repeated request is answered with BUSY",
    );
    assertInvariant(
      system.faultProfile.backlogLimit < 10_000,
      "API",
      () => "an order is refused without a backlog",
    );
  }

  function start(act: Act): void {
    accepted.attempted += 1;
    const isRepeat = act.kind === "place" && tables.rows.orders.has(orderIdOf(CUSTOMER, act.key));
    const again = () => {
      if (act.tries < 3) script.push({ ...act, tries: act.tries + 1 });
    };
    host.invoke(
      `api-${act.kind}`,
      invocationFaults(system, API_TIMEOUT_MS),
      () => send(functions.api, act),
      (result) => {
        if (result.kind !== "response") return again();
        const reply = result.value as ProxyResult;
        checkResponse(reply);
        checkBusy(act, isRepeat, reply);
        const isLost = !system.areFaultsOver && random.chance(system.faultProfile.ackLost);
        // A response binds the system also where it is lost.
        if (isToBeRepeated(act, reply) || isLost) again();
      },
    );
  }

  for (const sku of SKUS.slice(0, 1 + random.below(SKUS.length))) {
    const onHand = random.below(7);
    tables.rows.stock.set(sku, { sku, onHand, held: 0, available: onHand });
  }
  return {
    accepted,
    hasMore: () =>
      script.length > 0 &&
      host.running("api-place") + host.running("api-cancel") + host.running("api-count") < MAX_RUNNING,
    act() {
      const act = script.shift();
      if (act !== undefined) start(act);
    },
  };
}

function send(api: Api, act: Act): Promise<ProxyResult> {
  switch (act.kind) {
    case "place":
      return api.placeOrder(requestOf("POST /orders", { idempotencyKey: act.key, body: act.request }));
    case "cancel":
      return api.cancelOrder(
        requestOf("POST /orders/{orderId}/cancel", { parameters: { orderId: orderIdOf(CUSTOMER, act.key) } }),
      );
    case "count":
      return api.stock(
        requestOf("PUT /stock/{sku}", { parameters: { sku: act.sku }, body: { onHand: act.onHand } }),
      );
  }
}

function scriptOf(random: Random): Act[] {
  const orders = 1 + random.below(5);
  const script: Act[] = [];
  for (let i = 0; i < orders; i++) {
    const key = `key-${i}`;
    const request = randomOrder(random, i);
    const add = (act: Act) => script.splice(random.below(script.length + 1), 0, act);
    add({ kind: "place", key, request, tries: 0 });
    if (random.chance(0.2)) add({ kind: "place", key, request, tries: 0 });
    if (random.chance(0.1)) add({ kind: "place", key, request: randomOrder(random, i), tries: 0 });
    if (random.chance(0.4)) add({ kind: "cancel", key, tries: 0 });
    if (random.chance(0.1)) add({ kind: "cancel", key, tries: 0 });
    if (random.chance(0.15))
      add({ kind: "count", sku: random.pick(SKUS), onHand: random.below(8), tries: 0 });
  }
  return script;
}

export function randomOrder(random: Random, index: number): PlaceOrder {
  const count = 1 + random.below(2);
  const lines = Array.from({ length: count }, () => ({
    sku: random.pick(SKUS),
    quantity: 1 + random.below(3),
    unitPrice: 100,
  }));
  const name = random.chance(0.1) ? REFUSED_ADDRESS : `${CANARY}-${index}`;
  return { customerId: CUSTOMER, contact: { email: `${name}@example.com` }, currency: "EUR", lines };
}
