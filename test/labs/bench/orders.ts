import type { Line, OrderEvent } from "../../../functions/contract/schemas.ts";
import { eventOf, newOrder, type Order } from "../../../functions/orders/domain/order.ts";

/** One line an order, as in the aims. */
export function benchOrder(key: string, line: Partial<Line> = {}): Order {
  const lines = [{ sku: "TEA-EARL-GREY-250", quantity: 1, unitPrice: 1_290, ...line }];
  const request = {
    customerId: "customer-4711",
    contact: { email: "ada@example.com" },
    currency: "EUR",
    lines,
  };
  return newOrder(request, key, Date.now());
}

export function createdEvents(count: number): OrderEvent[] {
  return eventsOf(Array.from({ length: count }, (_, i) => benchOrder(`bench-${i}`)));
}

export function eventsOf(orders: readonly Order[]): OrderEvent[] {
  return orders.map(eventOf);
}

/** The event of a queue's mapping. */
export function sqsEventOf(bodies: readonly string[]) {
  return {
    Records: bodies.map((body, i) => ({
      messageId: `059f36b4-87a3-44ab-83d2-${String(i).padStart(12, "0")}`,
      receiptHandle: `AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a-${i}`,
      body,
      attributes: {
        ApproximateReceiveCount: "1",
        SentTimestamp: String(Date.now()),
        SenderId: "AIDAIENQZJOLO23YVJ4VO",
        ApproximateFirstReceiveTimestamp: String(Date.now()),
      },
      messageAttributes: { type: { stringValue: "order.created", dataType: "String" } },
      md5OfBody: "e4e68fb7bd0e697a0ae8f1bb342846b3",
      eventSource: "aws:sqs",
      eventSourceARN: "arn:aws:sqs:eu-central-1:000000000000:order-events-local-order-created",
      awsRegion: "eu-central-1",
    })),
  };
}
