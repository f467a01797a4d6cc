import {
  declarationOf,
  type FunctionName,
  QUEUE_CONSUMERS,
  type QueueConsumer,
} from "../../../functions/consumers/consumers.ts";
import { orderIdOf } from "../../../functions/orders/domain/order.ts";
import { toSqsRecord } from "../../../lib/emulator/event-sources/sqs-event.ts";
import type { CountedServices } from "./counted-services.ts";
import type { Call } from "./recorder.ts";

const CUSTOMER = "customer-4711";
/** Messages in one invocation, and orders in one transaction, once a queue has that many. */
export const FULL_BATCH = 10;

/** The usage of one step. */
export interface Step {
  readonly functionName: FunctionName;
  readonly calls: readonly Call[];
  readonly invocations: number;
  /** Of each invocation. */
  readonly ms: readonly number[];
  readonly logBytes: number;
  /** Receives and deletes of Lambda's poller. */
  readonly queueRequests: number;
}

/** An order to be placed. */
export interface Wish {
  readonly key: string;
  readonly sku: string;
}

/**
 * Runs orders from POST to their mail through the deployed bundles, step by step in batches of at most `batch`: place,
 * publish order.created, reserve, publish the outcome, and then every other consumer. A consumer without messages has no
 * step.
 */
export async function driveOrders(
  services: CountedServices,
  wishes: readonly Wish[],
  batch = FULL_BATCH,
): Promise<readonly Step[]> {
  const place = await step(services, "place-order", wishes.map(placeEvent));
  const publishCreated = await publish(services, batch);
  const reserve = await consume(services, "order-created", batch);
  const publishDecided = await publish(services, batch);
  const others: Step[] = [];
  for (const name of QUEUE_CONSUMERS) {
    if (name === "order-created") continue;
    const consumed = await consume(services, name, batch);
    if (consumed.invocations > 0) others.push(consumed);
  }
  return [place, publishCreated, reserve, publishDecided, ...others];
}

/** Cancels orders, publishes order.cancelled, and releases their stock, in full batches. */
export async function driveCancellations(
  services: CountedServices,
  keys: readonly string[],
): Promise<readonly Step[]> {
  const cancel = await step(services, "cancel-order", keys.map(cancelEvent), 200);
  const published = await publish(services, FULL_BATCH);
  return [cancel, published, await consume(services, "order-cancelled", FULL_BATCH)];
}

async function publish(services: CountedServices, batch: number): Promise<Step> {
  const changes = await services.changes();
  return step(
    services,
    "publish-events",
    batchesOf(changes, batch).map((Records) => ({ Records })),
  );
}

async function consume(services: CountedServices, consumer: QueueConsumer, batch: number): Promise<Step> {
  const { size = FULL_BATCH } = declarationOf(consumer).batch ?? {};
  const { events, queueRequests } = await receiveEvents(services, consumer, Math.min(size, batch));
  return { ...(await step(services, consumer, events)), queueRequests };
}

/** All messages for a consumer, as the events of its mapping. */
export async function receiveEvents(services: CountedServices, consumer: QueueConsumer, batchSize: number) {
  const queue = services.queueOf(consumer);
  const events: object[] = [];
  for (;;) {
    const messages = await queue.receive(batchSize, 0);
    if (messages.length === 0) break;
    const { region } = services.endpoints;
    events.push({ Records: messages.map((message) => toSqsRecord(message, queue.arn, region)) });
    await queue.remove(messages.map(({ ReceiptHandle }) => ReceiptHandle));
  }
  queue.close();
  // A receive and a delete for each; empty receives are part of the idle cost.
  return { events, queueRequests: 2 * events.length };
}

/** Invokes a function with one event after the other. Throws where an event or a record failed. */
export async function step(
  services: CountedServices,
  functionName: FunctionName,
  events: readonly object[],
  statusCode = 202,
): Promise<Step> {
  services.takeCalls();
  services.takeLogBytes();
  const ms: number[] = [];
  for (const event of events) {
    const started = performance.now();
    const result = await services.host.invoke(functionName, event);
    ms.push(performance.now() - started);
    if (result.kind !== "ok") throw new Error(`${functionName} ended with ${JSON.stringify(result)}`);
    refuseFailures(functionName, result.payload, statusCode);
  }
  return {
    functionName,
    calls: services.takeCalls(),
    invocations: events.length,
    ms,
    logBytes: services.takeLogBytes(),
    queueRequests: 0,
  };
}

function refuseFailures(functionName: string, payload: unknown, expected: number): void {
  const { statusCode, batchItemFailures } = payload as { statusCode?: number; batchItemFailures?: unknown[] };
  if ((statusCode ?? expected) !== expected || (batchItemFailures ?? []).length > 0) {
    throw new Error(`${functionName} answered ${JSON.stringify(payload)}`);
  }
}

/** API Gateway's event for POST /orders/{orderId}/cancel. */
function cancelEvent(key: string) {
  const orderId = orderIdOf(CUSTOMER, key);
  return {
    resource: "/orders/{orderId}/cancel",
    path: `/orders/${orderId}/cancel`,
    httpMethod: "POST",
    pathParameters: { orderId },
    multiValueHeaders: {},
    body: null,
    isBase64Encoded: false,
    requestContext: { requestId: key, path: `/orders/${orderId}/cancel` },
  };
}

/** API Gateway's event for POST /orders. */
export function placeEvent({ key, sku }: Wish) {
  return {
    resource: "/orders",
    path: "/orders",
    httpMethod: "POST",
    pathParameters: null,
    multiValueHeaders: { "Content-Type": ["application/json"], "Idempotency-Key": [key] },
    body: JSON.stringify({
      customerId: CUSTOMER,
      contact: { email: "ada@example.com" },
      currency: "EUR",
      lines: [{ sku, quantity: 1, unitPrice: 1_290 }],
    }),
    isBase64Encoded: false,
    requestContext: { requestId: key, path: "/orders" },
  };
}

export function batchesOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}
