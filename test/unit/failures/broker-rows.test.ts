import { describe, expect, test } from "vitest";
import { discardConsequences } from "../../../functions/failures/domain/discard-consequences.ts";
import { checkEffect } from "../../../functions/failures/domain/effect-check.ts";
import { acceptsType, decideRedrive } from "../../../functions/failures/domain/redrive-decision.ts";
import { eventOf, type Order } from "../../../functions/orders/domain/order.ts";
import { isPublisher, noTargetFor } from "../../../functions/publishing/domain/publishers.ts";
import { cancelled, created, order } from "../../fixtures/events.ts";
import { failedRow } from "../../fixtures/failed-rows.ts";

const HELD = { status: "CANCELLED", version: 3, stockHeld: true } as const;
const RELEASED = { ...HELD, stockHeld: false } as const;

/** A parked row of a consumer about an order, and that order. */
function about(consumer: string, type: "created" | "cancelled" | "confirmed", changes: Partial<Order>) {
  const now = order("1", changes);
  const event =
    type === "created"
      ? created(now)
      : type === "cancelled"
        ? cancelled(now)
        : eventOf({ ...now, status: "CONFIRMED", version: 2 });
  const facts = { consumer, eventId: event.id, eventType: event.type, orderId: event.subject };
  const evidence = { order: now, notification: "none", marks: new Set<string>() } as const;
  return { row: failedRow({ ...facts, body: JSON.stringify(event) }), evidence, event };
}

const BROKERS = [
  {
    name: "Kafka",
    PUBLISHER: "publish-to-kafka",
    CONSUMER: "order-events-kafka",
    absent: "not on the Kafka topic",
    isForAll: true,
  },
  {
    name: "RabbitMQ",
    PUBLISHER: "publish-to-rabbitmq",
    CONSUMER: "order-events-rabbitmq",
    absent: "in no queue of RabbitMQ",
    // A message that no queue is bound to is refused.
    isForAll: false,
  },
] as const;

describe.each(BROKERS)("of $name", ({ name, PUBLISHER, CONSUMER, absent, isForAll }) => {
  describe("a row of its consumer", () => {
    test.each([
      ["created", { status: "PENDING" }, undefined],
      ["created", { status: "CONFIRMED" }, "the order is CONFIRMED"],
      ["created", RELEASED, "the order is CANCELLED"],
      ["cancelled", HELD, undefined],
      ["cancelled", RELEASED, "no stock is held"],
      ["cancelled", { status: "CONFIRMED", stockHeld: true }, undefined],
    ] as const)(
      "F9: about order.%s of an order that is %o has the effect of a queue's row: %s",
      (type, changes, because) => {
        const { row, evidence } = about(CONSUMER, type, changes);

        expect(checkEffect(row, evidence)).toMatchObject(
          because === undefined ? { effect: "missing" } : { effect: "done", because },
        );
      },
    );

    test.each([
      ["created", { status: "PENDING" }, ["stays PENDING"]],
      ["created", { status: "CONFIRMED" }, []],
      ["cancelled", HELD, ["Stock stays held"]],
      ["cancelled", RELEASED, []],
      ["cancelled", { status: "CONFIRMED" }, []],
    ] as const)("E12: about order.%s of an order that is %o leaves behind %o", (type, changes, left) => {
      const { row, evidence } = about(CONSUMER, type, changes);

      const sentences = discardConsequences(row, evidence);

      expect(sentences).toHaveLength(left.length);
      for (const [i, words] of left.entries()) expect(sentences[i]).toContain(words);
    });
  });

  describe("a row of its publisher", () => {
    test.each([
      ["created", { status: "CONFIRMED", version: 2 }],
      ["created", RELEASED],
      ["cancelled", RELEASED],
      ["confirmed", RELEASED],
    ] as const)("about order.%s stays though the order is %o: others may read the topic", (type, changes) => {
      const { row, evidence } = about(PUBLISHER, type, changes);

      expect(checkEffect(row, evidence).effect).toBe("missing");
    });

    test.each([
      ["created", { status: "PENDING" }, [absent, "stays PENDING"]],
      ["created", { status: "CONFIRMED" }, [absent]],
      ["cancelled", HELD, [absent, "Stock stays held"]],
      ["cancelled", RELEASED, [absent]],
    ] as const)("E12: about order.%s of an order that is %o leaves behind %o", (type, changes, left) => {
      const { row, evidence } = about(PUBLISHER, type, changes);

      const sentences = discardConsequences(row, evidence);

      expect(sentences).toHaveLength(left.length);
      for (const [i, words] of left.entries()) expect(sentences[i]).toContain(words);
    });
  });

  describe("a redrive to it", () => {
    test.each([
      [PUBLISHER, "created", { kind: "send" }],
      [
        PUBLISHER,
        "confirmed",
        isForAll
          ? { kind: "send" }
          : { kind: "refuse", cause: "futile", whyNot: `${PUBLISHER} accepts no order.confirmed.` },
      ],
      [CONSUMER, "created", { kind: "send" }],
      [CONSUMER, "confirmed", { kind: "resolve", because: `${CONSUMER} ignores order.confirmed` }],
    ] as const)("of a row of %s about order.%s: %o", (consumer, type, decision) => {
      const { row, evidence, event } = about(consumer, type, {});
      const content = { kind: "message", message: event } as const;

      expect(decideRedrive(row, { evidence, content, hasTarget: true })).toEqual(decision);
    });

    test.each([PUBLISHER, CONSUMER])("of a row of %s without that broker reports that", (consumer) => {
      const { row, evidence, event } = about(consumer, "created", {});
      const content = { kind: "message", message: event } as const;

      expect(decideRedrive(row, { evidence, content, hasTarget: false })).toEqual({
        kind: "refuse",
        cause: "futile",
        whyNot: `${name} is not deployed here, so nothing can be sent to ${consumer}. Deploy ${name}, or discard this message.`,
      });
    });
  });
});

test("publishers accept every type, other consumers only their own", () => {
  expect(
    [
      "publish-events",
      "publish-to-kafka",
      "publish-to-rabbitmq",
      "order-events-kafka",
      "order-created",
      "",
    ].map(isPublisher),
  ).toEqual([true, true, true, false, false, false]);
  expect(acceptsType("publish-to-kafka", "order.rejected")).toBe(true);
  expect(acceptsType("order-events-kafka", "order.rejected")).toBe(false);
  expect(acceptsType("another-deployment", "order.created")).toBe(false);
  expect(noTargetFor("another-deployment")).toBe("No queue or topic is configured for another-deployment.");
});
