import type { InvokeResult } from "../../../lib/emulator/types.ts";
import type { DeployedFunctions } from "./deployed-functions.ts";

const ORDER = {
  customerId: "customer-4711",
  contact: { email: "ada@example.com" },
  currency: "EUR",
  lines: [{ sku: "TEA-1", quantity: 1, unitPrice: 450 }],
};

interface Call {
  readonly method?: string;
  readonly pathParameters?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string[]>>;
  readonly body?: string;
  readonly key?: string;
}

/** An event of the REST API's proxy integration. */
const apiEvent = (resource: string, { method = "GET", pathParameters, query, body, key }: Call = {}) => ({
  resource,
  path: resource.replace(/\{(\w+)\}/g, (_, name: string) => pathParameters?.[name] ?? ""),
  httpMethod: method,
  pathParameters: pathParameters ?? null,
  multiValueHeaders: {
    "Content-Type": ["application/json"],
    ...(key === undefined ? {} : { "Idempotency-Key": [key] }),
  },
  multiValueQueryStringParameters: query ?? null,
  queryStringParameters: null,
  body: body ?? null,
  isBase64Encoded: false,
  requestContext: { requestId: "request-1", path: resource, identity: { caller: "operator" } },
});

const placing = (key?: string, body: string = JSON.stringify(ORDER)) =>
  apiEvent("/orders", { method: "POST", body, ...(key === undefined ? {} : { key }) });

const orderIdOf = (result: InvokeResult | undefined): string => {
  if (result?.kind !== "ok") throw new Error(`The order was not placed: ${JSON.stringify(result)}`);
  const { body } = result.payload as { readonly body: string };
  return (JSON.parse(body) as { readonly orderId: string }).orderId;
};

/** A record with a malformed body. */
const malformed = (queueArn: string) => ({
  Records: [
    {
      messageId: "malformed-1",
      receiptHandle: "none",
      body: "{ not JSON",
      attributes: { ApproximateReceiveCount: "1", SentTimestamp: String(Date.now()) },
      messageAttributes: {},
      eventSource: "aws:sqs",
      eventSourceARN: queueArn,
    },
  ],
});

/**
 * Runs an order through the deployed bundles, one invocation after the other, and sends invalid input to each function.
 * Returns the result of each invocation by name.
 */
export async function driveBundles({
  host,
  model,
  takeChanges,
  takeMessages,
}: DeployedFunctions): Promise<ReadonlyMap<string, InvokeResult>> {
  const outcomes = new Map<string, InvokeResult>();
  const invoke = async (what: string, functionName: string, event: unknown) => {
    const result = await host.invoke(functionName, event);
    outcomes.set(`${functionName}: ${what}`, result);
    return result;
  };
  const stock = { pathParameters: { sku: "TEA-1" } };
  await invoke(
    "a count",
    "stock",
    apiEvent("/stock/{sku}", { ...stock, method: "PUT", body: '{"onHand":5}' }),
  );
  await invoke(
    "an invalid count",
    "stock",
    apiEvent("/stock/{sku}", { ...stock, method: "PUT", body: "{}" }),
  );
  const placed = await invoke("an order", "place-order", placing("key-1"));
  await invoke("the same order again", "place-order", placing("key-1"));
  await invoke(
    "another order with its key",
    "place-order",
    placing("key-1", JSON.stringify({ ...ORDER, currency: "USD" })),
  );
  await invoke("an order without a key", "place-order", placing());
  await invoke("half a body", "place-order", placing("key-2", '{"customerId":'));
  await invoke("the inserted row", "publish-events", await takeChanges());
  await invoke("order.created", "order-created", await takeMessages("order-created"));
  await invoke("the confirmed row", "publish-events", await takeChanges());
  await invoke("order.confirmed", "notify-customer", await takeMessages("notify-customer"));

  const order = { pathParameters: { orderId: orderIdOf(placed) } };
  await invoke("the order", "read-order", apiEvent("/orders/{orderId}", order));
  await invoke(
    "an unknown order",
    "read-order",
    apiEvent("/orders/{orderId}", { pathParameters: { orderId: "x" } }),
  );
  await invoke(
    "the order",
    "cancel-order",
    apiEvent("/orders/{orderId}/cancel", { ...order, method: "POST" }),
  );
  await invoke(
    "the order again",
    "cancel-order",
    apiEvent("/orders/{orderId}/cancel", { ...order, method: "POST" }),
  );
  await invoke("the cancelled row", "publish-events", await takeChanges());
  await invoke("order.cancelled", "order-cancelled", await takeMessages("order-cancelled"));
  await invoke("the stock after it", "stock", apiEvent("/stock/{sku}", stock));

  for (const { functionName, queueArn } of model.sqsMappings) {
    await invoke("a body that is not JSON", functionName, malformed(queueArn));
  }
  for (const { functionName } of [...model.sqsMappings, ...model.streamMappings]) {
    await invoke("an event from nowhere", functionName, { hello: "world" });
  }
  for (const { target, input } of model.schedules)
    if (target.kind === "function") await invoke("the schedule", target.functionName, input ?? {});
  const open = { query: { status: ["OPEN"] } };
  await invoke("what is open", "failed-messages", apiEvent("/failed-messages", open));
  await invoke("the groups", "failed-messages", apiEvent("/failed-messages/groups"));
  await invoke("the jobs", "jobs", apiEvent("/jobs"));
  await invoke("the consumers", "pause-consumers", apiEvent("/consumers"));
  await invoke(
    "orders of a status",
    "find-orders",
    apiEvent("/orders", { query: { status: ["CANCELLED"] } }),
  );
  await invoke(
    "half a replay",
    "replay-events",
    apiEvent("/orders/{orderId}/replays", { ...order, method: "POST", body: '{"type":' }),
  );
  await invoke(
    "half an address",
    "unsuppress-addresses",
    apiEvent("/mails/unsuppress", { method: "POST", body: '{"email":' }),
  );
  const missed = model.functions.filter(
    ({ name }) => ![...outcomes.keys()].some((key) => key.startsWith(`${name}:`)),
  );
  if (missed.length > 0) throw new Error(`Not run: ${missed.map(({ name }) => name).join(", ")}`);
  return outcomes;
}
