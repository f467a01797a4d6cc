import { ROUTES } from "../../functions/contract/api.ts";
import type { FailedStatus } from "../../functions/contract/failures.ts";
import type { FailedMessage } from "../../functions/failures/domain/failed-message.ts";
import { sha256 } from "../../functions/middleware/sha256.ts";
import type { Order } from "../../functions/orders/domain/order.ts";
import { requireDescribed } from "../fixtures/described-answer.ts";
import { created, order } from "../fixtures/events.ts";
import { facts, failedRow } from "../fixtures/failed-rows.ts";
import type { Answer } from "./api.ts";
import { invoke, type Rig } from "./rig.ts";

export const OPERATOR = "arn:aws:iam::000000000000:user/olga";

export interface Asked {
  readonly key?: string;
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: unknown;
}

/** One call under /failed-messages. */
export function ops(route: string, asked: Asked = {}): Promise<Answer> {
  const [method = "", path = ""] = route.split(" ");
  return operator(`${method} /failed-messages${path}`, asked);
}

/** One call of the operators' API with the gateway's event. */
export async function operator(route: string, { key, query = {}, body }: Asked = {}): Promise<Answer> {
  const [httpMethod = "", resource = ""] = route.split(" ");
  const name = /\{(\w+)\}/.exec(resource)?.[1] ?? "";
  const lists = Object.entries(query).map(([each, value]) => [each, [value].flat()]);
  const declared = ROUTES.find((each) => `${each.method} ${each.path}` === route);
  if (declared === undefined) throw new Error(`No function has the route ${route}.`);
  const result = (await invoke(declared.function, {
    httpMethod,
    resource,
    pathParameters: key === undefined ? null : { [name]: encodeURIComponent(key) },
    multiValueHeaders: { "content-type": ["application/json"] },
    multiValueQueryStringParameters: lists.length === 0 ? null : Object.fromEntries(lists),
    body: body === undefined ? null : JSON.stringify(body),
    isBase64Encoded: false,
    requestContext: { requestId: "request-1", path: resource, identity: { userArn: OPERATOR } },
  })) as { statusCode: number; headers: Record<string, string>; body: string };
  const answer = { status: result.statusCode, headers: result.headers, body: JSON.parse(result.body) };
  requireDescribed(route, answer.status, answer.body);
  return answer;
}

export const redrive = (key: string, body: object = {}): Promise<Answer> =>
  ops("POST /{failedKey}/redrive", { key, body: { why: "the stock is counted", ...body } });

/** A parked order.created of an order. The order is in the table by default. */
export function parked(rig: Rig, of: Order, changes: Partial<FailedMessage> = {}, status?: FailedStatus) {
  const event = created(of);
  const row = failedRow(
    {
      ...facts({ body: JSON.stringify(event), eventId: event.id, orderId: event.subject }),
      failedKey: `order-created~${event.id}`,
      ...changes,
    },
    status,
  );
  const bodyHash = changes.bodyHash ?? sha256(row.body);
  rig.tables.rows.failed.set(row.failedKey, { ...row, bodyHash });
  return row;
}

/** Parked creations of orders that are PENDING. */
export function parkedMany(
  rig: Rig,
  count: number,
  changes: (i: number) => Partial<FailedMessage> = () => ({}),
): FailedMessage[] {
  return Array.from({ length: count }, (_, i) => {
    const row = order(`n${i}`);
    rig.tables.rows.orders.set(row.orderId, row);
    return parked(rig, row, changes(i));
  });
}

/** Starts a job, or tries it. */
export const startJob = (body: object): Promise<Answer> =>
  operator("POST /jobs", { body: { why: "the bug is fixed", ...body } });

export const redriveMany = (body: object = {}): Promise<Answer> =>
  startJob({ act: "redrive", filter: {}, ...body });

export const jobOf = async (jobId: unknown): Promise<Answer["body"]> =>
  (await operator("GET /jobs/{jobId}", { key: String(jobId) })).body;

/** Runs concurrent invocations. The first to end restores standard output, so the output of the others is lost. */
export async function together<T>(
  ...acts: readonly (() => Promise<T>)[]
): Promise<PromiseSettledResult<T>[]> {
  const { write } = process.stdout;
  process.stdout.write = () => true;
  try {
    return await Promise.allSettled(acts.map((act) => act()));
  } finally {
    process.stdout.write = write;
  }
}
