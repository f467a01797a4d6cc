import type { Backbone } from "../../settings/backbone-settings.ts";
import type { Emulator } from "../start-emulator.ts";

const JSON_TYPE = "-H 'Content-Type: application/json'";
const ORDER = {
  customerId: "c-1",
  contact: { email: "ada@example.com" },
  currency: "EUR",
  lines: [{ sku: "tea", quantity: 2, unitPrice: 450 }],
};
const order = (quantity: number) => JSON.stringify({ ...ORDER, lines: [{ ...ORDER.lines[0], quantity }] });

/** One line for each broker, and one about the backbones that process; none without brokers. */
export function brokerTexts(
  { kafka, rabbitmq, model }: Pick<Emulator, "kafka" | "rabbitmq" | "model">,
  processing: readonly Backbone[],
): readonly string[] {
  const lines: string[] = [];
  if (kafka !== undefined) {
    const topics = model.kafkaTopics.map(({ name, partitions }) => `${name} (${partitions} partitions)`);
    lines.push(`Kafka     ${kafka.brokers}  ${topics.join(", ")}`);
  }
  if (rabbitmq !== undefined) {
    const { host, username } = new URL(rabbitmq.url);
    lines.push(`RabbitMQ  ${host}  management ${rabbitmq.managementUrl} (user ${username})`);
  }
  if (lines.length > 0)
    lines.push(`Orders    are processed by ${processing.map((each) => PROCESSED_BY[each]).join(" and ")}`);
  return lines;
}

const PROCESSED_BY: Readonly<Record<Backbone, string>> = {
  queues: "the queues",
  kafka: "Kafka",
  rabbitmq: "RabbitMQ",
};

/** The banner of a ready emulator. Its commands can be pasted in this order. */
export function banner(
  { url }: Pick<Emulator, "url">,
  {
    readyMs,
    dataDir,
    brokers = [],
  }: {
    readonly readyMs: number;
    readonly dataDir: string | undefined;
    readonly brokers?: readonly string[];
  },
): string {
  const placeOrder = (quantity: number) =>
    `curl -s -X POST ${url}/orders ${JSON_TYPE} -H "Idempotency-Key: $(date +%s%N)" -d '${order(quantity)}'`;
  return `
order-events is ready in ${(readyMs / 1000).toFixed(1)} s   (state ${dataDir === undefined ? "in memory" : `in ${dataDir}`})

  API       ${url}
  Console   ${url}/_emulator/console/
  Mailbox   ${url}/_emulator/mailbox
  Emulator  ${url}/_emulator/queues  /metrics  /alarms  /logs${brokers.map((line) => `\n  ${line}`).join("")}

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
