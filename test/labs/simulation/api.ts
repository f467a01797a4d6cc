import { isCountStock, isPlaceOrder } from "../../../functions/contract/request-validators.js";
import { failedMessageRoutes } from "../../../functions/handlers/wiring/failed-message-routes.ts";
import { jobRoutes } from "../../../functions/handlers/wiring/job-routes.ts";
import { orderHttp } from "../../../functions/handlers/wiring/order-http.ts";
import type { ProxyResult, Routes } from "../../../functions/middleware/http.ts";
import {
  idempotencyKeyOf,
  type ProxyEvent,
  traceparentOf,
} from "../../../functions/middleware/http-request.ts";
import { viewOf } from "../../../functions/orders/domain/order.ts";
import type { Parts } from "./parts.ts";

type ApiFunction = (event: ProxyEvent) => Promise<ProxyResult>;

/** The functions of the API. Operators share one. */
export interface Api {
  readonly placeOrder: ApiFunction;
  readonly cancelOrder: ApiFunction;
  readonly stock: ApiFunction;
  readonly operator: ApiFunction;
}

const ok = (body: unknown) => ({ status: 200, body });

/** The API as functions/handlers wires it, over the simulator's ports. */
export function apiOf(parts: Parts, write: (text: string) => void): Api {
  const { place, cancel, count, operations } = parts;
  const api = (routes: Routes): ApiFunction => {
    const handler = orderHttp(routes, write) as unknown as (
      event: ProxyEvent,
      context: object,
    ) => Promise<ProxyResult>;
    return (event) => handler(event, {});
  };
  return {
    placeOrder: api({
      "POST /orders": async (request) => {
        const key = idempotencyKeyOf(request);
        const order = await place(request.json(isPlaceOrder), key, traceparentOf(request));
        const location = `${request.path}/${order.orderId}`;
        return { status: 202, headers: { location }, body: viewOf(order) };
      },
    }),
    cancelOrder: api({
      "POST /orders/{orderId}/cancel": async (request) =>
        ok(viewOf(await cancel(request.parameter("orderId")))),
    }),
    stock: api({
      "PUT /stock/{sku}": async (request) => {
        const { onHand } = request.json(isCountStock);
        return ok(await count(request.parameter("sku"), onHand));
      },
    }),
    operator: api({ ...failedMessageRoutes(operations), ...jobRoutes(operations) }),
  };
}

/** API Gateway's event for a request with a JSON body. */
export function requestOf(
  route: `${string} ${string}`,
  asked: {
    readonly parameters?: Readonly<Record<string, string>>;
    readonly idempotencyKey?: string;
    readonly caller?: string;
    readonly body?: unknown;
  },
): ProxyEvent {
  const [httpMethod = "", resource = ""] = route.split(" ");
  const { parameters = {}, idempotencyKey, caller = null, body } = asked;
  return {
    httpMethod,
    resource,
    pathParameters: Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => [name, encodeURIComponent(value)]),
    ),
    multiValueHeaders: {
      "content-type": ["application/json"],
      ...(idempotencyKey === undefined ? {} : { "Idempotency-Key": [idempotencyKey] }),
    },
    multiValueQueryStringParameters: null,
    body: body === undefined ? null : JSON.stringify(body),
    isBase64Encoded: false,
    requestContext: { requestId: "request", path: resource, identity: { userArn: caller } },
  };
}
