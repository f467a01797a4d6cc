import { fileURLToPath } from "node:url";
import { BatchWriteItemCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { orderToRow } from "../../../functions/adapters/order-row.ts";
import { KAFKA_CONSUMER, RABBITMQ_CONSUMER } from "../../../functions/contract/broker-names.ts";
import type { StockView } from "../../../functions/contract/schemas.ts";
import type { Order } from "../../../functions/orders/domain/order.ts";
import type { LimitOptions } from "../../../lib/emulator/aws-limits/limit-options.ts";
import { CREDENTIALS } from "../../../lib/emulator/credentials.ts";
import { orderEventsApp } from "../../../lib/emulator/order-events/order-events-app.ts";
import { synthesize } from "../../../lib/emulator/order-events/synth.ts";
import { type Emulator, startEmulator } from "../../../lib/emulator/start-emulator.ts";
import { watchConfirmations } from "./confirmations.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
/** Above the load of a measurement, which would otherwise measure the throttle of the API. */
const UNTHROTTLED = { throttleRate: "10000", throttleBurst: "5000" };
const ROWS_A_CALL = 25;
/** What decides an order where a broker processes alone. */
const CONSUMER: Readonly<Record<string, string>> = { kafka: KAFKA_CONSUMER, rabbitmq: RABBITMQ_CONSUMER };

/** The local emulator with the calls of the benchmarks. */
export interface BenchEmulator {
  readonly emulator: Emulator;
  /** Sends a request to the API and returns the body. Rejects for any status but 2xx. */
  call(method: string, path: string, body?: object): Promise<unknown>;
  setStock(sku: string, onHand: number): Promise<void>;
  stock(sku: string): Promise<StockView>;
  /** POST /orders; resolves once the order is accepted. */
  place(order: Order, key: string): Promise<void>;
  /** Writes the rows that place-order would write, as fast as the table takes them. */
  placeAtOnce(orders: readonly Order[]): Promise<void>;
  /** When the order was CONFIRMED, by `performance.now()`. */
  confirmed(orderId: string): Promise<number>;
  close(): Promise<void>;
}

export async function startBenchEmulator(
  settings: Readonly<Record<string, string>>,
  limits: LimitOptions = {},
): Promise<BenchEmulator> {
  const backbones = settings["backbones"]?.split(",") ?? [];
  const { processing = "queues" } = settings;
  const confirmations = watchConfirmations(CONSUMER[processing] ?? "order-created");
  const emulator = await startEmulator({
    app: orderEventsApp,
    port: 0,
    assembly: async () => (await synthesize(ROOT, { ...UNTHROTTLED, ...settings })).directory,
    kafka: backbones.includes("kafka"),
    rabbitmq: backbones.includes("rabbitmq"),
    limits,
    onLine: confirmations.onLine,
  });
  const { endpoints } = emulator;
  const client = new DynamoDBClient({
    endpoint: endpoints.dynamodb,
    region: endpoints.region,
    credentials: CREDENTIALS,
  });
  const table = emulator.model.tables.find(({ name }) => name.endsWith("-orders"))?.name ?? "";

  async function call(method: string, path: string, body?: object, key?: string): Promise<unknown> {
    const headers = {
      "content-type": "application/json",
      ...(key === undefined ? {} : { "idempotency-key": key }),
    };
    const answer = await fetch(`${emulator.url}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} was answered ${answer.status}: ${text}`);
    return JSON.parse(text);
  }

  return {
    emulator,
    call,
    async setStock(sku, onHand) {
      await call("PUT", `/stock/${sku}`, { onHand });
    },
    async stock(sku) {
      return (await call("GET", `/stock/${sku}`)) as StockView;
    },
    async place({ customerId, contact, currency, lines }, key) {
      await call("POST", "/orders", { customerId, contact, currency, lines }, key);
    },
    async placeAtOnce(orders) {
      for (let i = 0; i < orders.length; i += ROWS_A_CALL) {
        const rows = orders
          .slice(i, i + ROWS_A_CALL)
          .map((order) => ({ PutRequest: { Item: orderToRow(order) } }));
        await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: rows } }));
      }
    },
    confirmed: confirmations.of,
    async close() {
      client.destroy();
      await emulator.close();
    },
  };
}
