import type { FunctionName } from "../../functions/consumers/consumers.ts";
import type { OrderView, PlaceOrder } from "../../functions/contract/schemas.ts";
import { requireDescribed } from "../fixtures/described-answer.ts";
import { invoke } from "./rig.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Record<string, unknown>;
}

/** One call of the API with the gateway's event. */
export async function call(
  name: FunctionName,
  route: string,
  options: { parameter?: string; headers?: Record<string, string[]>; body?: unknown; path?: string } = {},
): Promise<Answer> {
  const [httpMethod = "", resource = ""] = route.split(" ");
  const parameterName = /\{(\w+)\}/.exec(resource)?.[1] ?? "";
  const { body, headers, parameter, path = resource } = options;
  const result = (await invoke(name, {
    httpMethod,
    resource,
    pathParameters: parameter === undefined ? null : { [parameterName]: parameter },
    multiValueHeaders: { "content-type": ["application/json"], ...headers },
    body: body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body),
    isBase64Encoded: false,
    requestContext: { requestId: "request-1", path: `/live${path}` },
  })) as { statusCode: number; headers: Record<string, string>; body: string };
  const answer = {
    status: result.statusCode,
    headers: result.headers,
    body: JSON.parse(result.body) as Record<string, unknown>,
  };
  requireDescribed(route, answer.status, answer.body);
  return answer;
}

export const place = (body: PlaceOrder | string, key: string): Promise<Answer> =>
  call("place-order", "POST /orders", { body, headers: { "Idempotency-Key": [key] } });

export const cancel = (orderId: string): Promise<Answer> =>
  call("cancel-order", "POST /orders/{orderId}/cancel", { parameter: orderId });

export const read = (orderId: string): Promise<Answer> =>
  call("read-order", "GET /orders/{orderId}", { parameter: orderId });

export const count = (sku: string, onHand: number): Promise<Answer> =>
  call("stock", "PUT /stock/{sku}", { parameter: sku, body: { onHand } });

/** The order in a response. */
export function orderIn(answer: Answer): OrderView {
  if (answer.status >= 300) throw new Error(`Expected an order, received ${JSON.stringify(answer.body)}.`);
  return answer.body as unknown as OrderView;
}
