import { expect, test } from "vitest";
import type { StreamRecord } from "../../../functions/middleware/transports/dynamodb-stream.ts";
import { eventOf } from "../../../functions/orders/domain/order.ts";
import { transitionDecoder } from "../../../functions/publishing/publish-transitions.ts";
import { NOW, order } from "../../fixtures/events.ts";

const TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const raw: StreamRecord = {
  eventName: "INSERT",
  eventSourceARN: "arn:stream",
  dynamodb: {
    ApproximateCreationDateTime: NOW / 1_000,
    Keys: { orderId: { S: "1" } },
    SequenceNumber: "1",
  },
};
const NO_ORDER_ROW = {
  kind: "malformed",
  reason: "INVALID_EVENT",
  detail: "The images are not those of an order row.",
};

test.each([undefined, TRACE])("a transition is the event and its time, traced by %s", (traceparent) => {
  const event = eventOf(order("1", traceparent === undefined ? {} : { traceparent }));

  expect(transitionDecoder(() => event)(raw)).toStrictEqual({
    kind: "message",
    message: { event, changedAt: NOW },
    type: "order.created",
    lane: event.subject,
    eventId: event.id,
    ...(traceparent === undefined ? {} : { traceparent }),
    facts: { orderId: event.subject, body: JSON.stringify(event), attributes: { type: "order.created" } },
  });
});

test("a change without a transition is a message without an event, counted under a type of its own", () => {
  expect(transitionDecoder(() => undefined)(raw)).toStrictEqual({
    kind: "message",
    message: { event: undefined, changedAt: NOW },
    type: "none",
    lane: "",
  });
});

test("G2: unreadable images are malformed", () => {
  const decode = transitionDecoder(() => {
    throw new TypeError("no such attribute");
  });

  expect(decode(raw)).toEqual(NO_ORDER_ROW);
});

test("G5: an event that no consumer accepts is malformed before it is published", () => {
  const event = { ...eventOf(order("1")), subject: "no order id" };

  expect(transitionDecoder(() => event)(raw)).toEqual(NO_ORDER_ROW);
});
