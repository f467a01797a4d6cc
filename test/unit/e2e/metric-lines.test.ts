import { expect, it } from "vitest";
import { countIn } from "../../e2e/metric-lines.ts";

const line = (consumer: string, type: string, counts: object) =>
  JSON.stringify({ _aws: {}, consumer, type, ...counts });

it("counts are summed over the lines of one consumer and one type only", () => {
  const logs = [
    "START RequestId: 1",
    line("order-created", "order.created", { "mq.messages.duplicate": 2 }),
    line("order-created", "order.created", { "mq.messages.duplicate": 3, "mq.messages.received": 3 }),
    line("order-created", "unknown", { "mq.messages.duplicate": 5 }),
    line("notify-customer", "order.created", { "mq.messages.duplicate": 7 }),
    '{"audit":"attempt"}',
  ];

  const count = countIn(logs, { outcome: "duplicate", consumer: "order-created", type: "order.created" });

  expect(count).toBe(5);
});
