import type { CountedServices } from "./counted-services.ts";
import { receiveEvents, type Wish } from "./drive-orders.ts";
import { naiveHandlers } from "./naive.ts";
import { benchOrder } from "./orders.ts";
import type { Call } from "./recorder.ts";

/** The calls of the naive handlers. */
export interface Naive {
  readonly toDecision: readonly Call[];
  readonly all: readonly Call[];
}

export async function startNaive(services: CountedServices) {
  const [topic] = services.model.topics;
  const tables = {
    orders: tableOf(services, "orders"),
    stock: tableOf(services, "stock"),
    idempotency: "naive-idempotency",
  };
  const handlers = naiveHandlers(services.endpoints, tables, topic?.arn ?? "");
  await handlers.prepare();
  return {
    async drive(wishes: readonly Wish[]): Promise<Naive> {
      const orders = wishes.map(({ key, sku }) => benchOrder(key, { sku }));
      services.takeCalls();
      for (const order of orders) await handlers.place(order);
      for (const order of orders) await handlers.reserve(order);
      const toDecision = services.takeCalls();
      for (const order of orders) await handlers.notify(order);
      const all = [...toDecision, ...services.takeCalls()];
      await discardLeftovers(services);
      return { toDecision, all };
    },
    close: handlers.close,
  };
}

/** Removes the rows and messages of the naive handlers before the next run. */
async function discardLeftovers(services: CountedServices): Promise<void> {
  await services.changes();
  for (const consumer of ["order-created", "notify-customer"] as const) {
    await receiveEvents(services, consumer, 10);
  }
}

/** Sets the stock through the deployed function. */
export async function setStock(services: CountedServices, sku: string, onHand: number): Promise<void> {
  const result = await services.host.invoke("stock", {
    resource: "/stock/{sku}",
    httpMethod: "PUT",
    pathParameters: { sku },
    multiValueHeaders: { "Content-Type": ["application/json"] },
    body: JSON.stringify({ onHand }),
    isBase64Encoded: false,
    requestContext: { requestId: sku, path: `/stock/${sku}` },
  });
  const status = result.kind === "ok" ? (result.payload as { statusCode?: number }).statusCode : undefined;
  if (status !== 200) throw new Error(`Stock of ${sku} could not be set: ${JSON.stringify(result)}`);
}

function tableOf({ model }: CountedServices, name: string): string {
  const table = model.tables.find((spec) => spec.name.endsWith(`-${name}`));
  if (table === undefined) throw new Error(`The templates have no table ${name}.`);
  return table.name;
}
