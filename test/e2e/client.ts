import { randomUUID } from "node:crypto";
import type {
  Consumers,
  FailedMessageBody,
  FailedMessageView,
} from "../../functions/contract/operator-answers.ts";
import type { Line, OrderView, StockView } from "../../functions/contract/schemas.ts";
import type { Target } from "./target.ts";
import { until } from "./until.ts";

export interface Answer<Body = unknown> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

export interface Order {
  readonly lines: readonly Line[];
  readonly customerId?: string;
  readonly email?: string;
  /** Idempotency-Key; default: a new one. */
  readonly key?: string;
}

/** A client of the API. */
export interface Client {
  request<Body>(path: string, init?: RequestInit): Promise<Answer<Body>>;
  place(order: Order): Promise<Answer<OrderView>>;
  /** Places an order of one line and waits until it is decided. */
  decidedOrder(sku: string, quantity: number, more?: Partial<Order>): Promise<OrderView>;
  order(orderId: string): Promise<OrderView>;
  /** The order once its status is one of these; default: any except PENDING. */
  become(orderId: string, ...statuses: readonly OrderView["status"][]): Promise<OrderView>;
  cancel(orderId: string): Promise<Answer<OrderView>>;
  stockUp(sku: string, onHand: number): Promise<void>;
  stock(sku: string): Promise<StockView>;
  /** Pauses a consumer, and waits until its event source mappings are off. */
  pause(consumer: string, why?: string): Promise<void>;
  /** Resumes a consumer, and waits until its event source mappings are on. */
  resume(consumer: string): Promise<void>;
  /** A row of the failed-message store once it has this status. */
  failed(
    failedKey: string,
    status: FailedMessageView["status"],
    timeoutMs?: number,
  ): Promise<FailedMessageView>;
  /** The body and the attributes of a failed message. */
  failedBody(failedKey: string): Promise<FailedMessageBody>;
}

export const line = (sku: string, quantity = 1, unitPrice = 450): Line => ({ sku, quantity, unitPrice });

const ANY_ACKNOWLEDGED: readonly OrderView["status"][] = ["CONFIRMED", "REJECTED", "CANCELLED"];
const JSON_TYPE = { "Content-Type": "application/json" };

export function client({ url, fetch: send }: Target): Client {
  async function request<Body>(path: string, init?: RequestInit): Promise<Answer<Body>> {
    const response = await send(`${url}${path}`, init);
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as Body,
    };
  }

  /** The body of a success response. */
  async function get<Body>(path: string, init?: RequestInit): Promise<Body> {
    const { status, body } = await request<Body>(path, init);
    if (status !== 200) throw new Error(`${path} was answered ${status}: ${JSON.stringify(body)}`);
    return body;
  }

  const post = (path: string, body: object) =>
    get(path, { method: "POST", headers: JSON_TYPE, body: JSON.stringify(body) });

  const untilSwitched = (consumer: string, state: string) =>
    until(`${consumer} is ${state}`, async () => {
      const { consumers } = await get<Consumers>("/consumers");
      const found = consumers.find(({ name }) => name === consumer);
      return found?.state === state && !found.isSwitching ? found : undefined;
    });

  const api: Client = {
    request,
    place: ({ lines, customerId = "ada", email = "ada@example.com", key = randomUUID() }) =>
      request("/orders", {
        method: "POST",
        headers: { ...JSON_TYPE, "Idempotency-Key": key },
        body: JSON.stringify({ customerId, contact: { email }, currency: "EUR", lines }),
      }),
    async decidedOrder(sku, quantity, more = {}) {
      const { body } = await api.place({ lines: [line(sku, quantity)], ...more });
      return api.become(body.orderId);
    },
    order: (orderId) => get(`/orders/${orderId}`),
    become(orderId, ...statuses) {
      const wanted = statuses.length === 0 ? ANY_ACKNOWLEDGED : statuses;
      return until(`order ${orderId} is ${wanted}`, async () => {
        const order = await api.order(orderId);
        return wanted.includes(order.status) ? order : undefined;
      });
    },
    cancel: (orderId) => request(`/orders/${orderId}/cancel`, { method: "POST" }),
    async stockUp(sku, onHand) {
      await get(`/stock/${sku}`, { method: "PUT", headers: JSON_TYPE, body: JSON.stringify({ onHand }) });
    },
    stock: (sku) => get(`/stock/${sku}`),
    async pause(consumer, why = "a test") {
      await post(`/consumers/${consumer}/pause`, { why });
      await untilSwitched(consumer, "PAUSED");
    },
    async resume(consumer) {
      await post(`/consumers/${consumer}/resume`, {});
      await untilSwitched(consumer, "RUNNING");
    },
    failed: (failedKey, status, timeoutMs) =>
      until(
        `${failedKey} is ${status}`,
        async () => {
          const path = `/failed-messages/${encodeURIComponent(failedKey)}`;
          const { status: answered, body } = await request<FailedMessageView>(path);
          return answered === 200 && body.status === status ? body : undefined;
        },
        timeoutMs,
      ),
    failedBody: (failedKey) => get(`/failed-message-bodies/${encodeURIComponent(failedKey)}`),
  };
  return api;
}
