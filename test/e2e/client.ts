import { randomUUID } from "node:crypto";
import type { AnswerOf, ApiRoute, RequestArguments } from "../../functions/contract/api-types.ts";
import type { FailedMessageBody, FailedMessageView } from "../../functions/contract/operator-answers.ts";
import type { Line, OrderView, StockView } from "../../functions/contract/schemas.ts";
import { routeRequest } from "../../lib/operator/target/route-request.ts";
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
  /** The response of a route, whatever its status; the type of its body is that of a success. */
  call<Route extends ApiRoute>(
    route: Route,
    ...request: RequestArguments<Route>
  ): Promise<Answer<AnswerOf<Route>>>;
  /** For requests that no route permits. */
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

export function client({ url, fetch: send }: Target): Client {
  async function request<Body>(path: string, init?: RequestInit): Promise<Answer<Body>> {
    const response = await send(`${url}${path}`, init);
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as Body,
    };
  }

  const call: Client["call"] = (route, ...given) => {
    const { path, ...init } = routeRequest(route, ...given);
    return request(path, init);
  };

  /** The body of a success response. */
  async function read<Route extends ApiRoute>(
    route: Route,
    ...given: RequestArguments<Route>
  ): Promise<AnswerOf<Route>> {
    const { status, body } = await call(route, ...given);
    if (status !== 200) throw new Error(`${route} was answered ${status}: ${JSON.stringify(body)}`);
    return body;
  }

  const untilSwitched = (consumer: string, state: string) =>
    until(`${consumer} is ${state}`, async () => {
      const { consumers } = await read("GET /consumers");
      const found = consumers.find(({ name }) => name === consumer);
      return found?.state === state && !found.isSwitching ? found : undefined;
    });

  const api: Client = {
    call,
    request,
    place: ({ lines, customerId = "ada", email = "ada@example.com", key = randomUUID() }) =>
      call("POST /orders", {
        headers: { "Idempotency-Key": key },
        body: { customerId, contact: { email }, currency: "EUR", lines },
      }),
    async decidedOrder(sku, quantity, more = {}) {
      const { body } = await api.place({ lines: [line(sku, quantity)], ...more });
      return api.become(body.orderId);
    },
    order: (orderId) => read("GET /orders/{orderId}", { orderId }),
    become(orderId, ...statuses) {
      const wanted = statuses.length === 0 ? ANY_ACKNOWLEDGED : statuses;
      return until(`order ${orderId} is ${wanted}`, async () => {
        const order = await api.order(orderId);
        return wanted.includes(order.status) ? order : undefined;
      });
    },
    cancel: (orderId) => call("POST /orders/{orderId}/cancel", { orderId }),
    async stockUp(sku, onHand) {
      await read("PUT /stock/{sku}", { sku, body: { onHand } });
    },
    stock: (sku) => read("GET /stock/{sku}", { sku }),
    async pause(consumer, why = "a test") {
      await read("POST /consumers/{consumer}/pause", { consumer, body: { why } });
      await untilSwitched(consumer, "PAUSED");
    },
    async resume(consumer) {
      await read("POST /consumers/{consumer}/resume", { consumer, body: {} });
      await untilSwitched(consumer, "RUNNING");
    },
    failed: (failedKey, status, timeoutMs) =>
      until(
        `${failedKey} is ${status}`,
        async () => {
          const { status: answered, body } = await call("GET /failed-messages/{failedKey}", { failedKey });
          return answered === 200 && body.status === status ? body : undefined;
        },
        timeoutMs,
      ),
    failedBody: (failedKey) => read("GET /failed-message-bodies/{failedKey}", { failedKey }),
  };
  return api;
}
