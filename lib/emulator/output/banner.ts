import type { Emulator } from "../start-emulator.ts";

const JSON_TYPE = "-H 'Content-Type: application/json'";
const ORDER = {
  customerId: "c-1",
  contact: { email: "ada@example.com" },
  currency: "EUR",
  lines: [{ sku: "tea", quantity: 2, unitPrice: 450 }],
};
const order = (quantity: number) => JSON.stringify({ ...ORDER, lines: [{ ...ORDER.lines[0], quantity }] });

/** The broker, its topics and the processing backbone; undefined without Kafka. */
export function kafkaText({ kafka, model }: Pick<Emulator, "kafka" | "model">, processing: string) {
  if (kafka === undefined) return undefined;
  const topics = model.kafkaTopics.map(({ name, partitions }) => `${name} (${partitions} partitions)`);
  return `${kafka.brokers}  ${topics.join(", ")}; orders are processed by ${PROCESSED_BY[processing] ?? processing}`;
}

const PROCESSED_BY: Readonly<Record<string, string>> = {
  queues: "the queues",
  both: "both backbones",
  kafka: "Kafka",
};

/** The banner of a ready emulator. Its commands can be pasted in this order. */
export function banner(
  { url }: Pick<Emulator, "url">,
  {
    readyMs,
    dataDir,
    kafka,
  }: { readonly readyMs: number; readonly dataDir: string | undefined; readonly kafka?: string | undefined },
): string {
  const placeOrder = (quantity: number) =>
    `curl -s -X POST ${url}/orders ${JSON_TYPE} -H "Idempotency-Key: $(date +%s%N)" -d '${order(quantity)}'`;
  return `
order-events is ready in ${(readyMs / 1000).toFixed(1)} s   (state ${dataDir === undefined ? "in memory" : `in ${dataDir}`})

  API       ${url}
  Console   ${url}/_emulator/console/
  Mailbox   ${url}/_emulator/mailbox
  Emulator  ${url}/_emulator/queues  /metrics  /alarms  /logs${kafka === undefined ? "" : `\n  Kafka     ${kafka}`}

  # set the stock to 10, order 2, read the order
  curl -s -X PUT ${url}/stock/tea ${JSON_TYPE} -d '{"onHand":10}'
  ORDER=$(${placeOrder(2)} | tee /dev/stderr | sed 's/.*"orderId":"\\([^"]*\\)".*/\\1/')
  curl -s ${url}/orders/$ORDER
  # cancel the order; its stock is released
  curl -s -X POST ${url}/orders/$ORDER/cancel
  curl -s ${url}/stock/tea
  # exceed the stock: the order is accepted, then rejected by mail
  ${placeOrder(1000)}
  # break the stock table for 4 s: the order waits and is retried
  npx order-events break table:stock --for 4s
  npx order-events orders place --sku tea
  npx order-events mend

Press Ctrl-C to stop.

`;
}
