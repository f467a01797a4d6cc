import { describe, expect, test } from "vitest";
import { editedEvent } from "../../../functions/failures/domain/edited-body.ts";
import type { BodyContent } from "../../../functions/failures/domain/redrive-decision.ts";
import { cancelled, created, line, order } from "../../fixtures/events.ts";

const event = created(order("1"));
const content = (message = event): BodyContent => ({ kind: "message", message });
const malformed = (detail: string): BodyContent => ({ kind: "malformed", reason: "INVALID_EVENT", detail });

describe("an edited body", () => {
  test("is accepted where the old body was malformed or the event stays the same", () => {
    const other = { ...event, time: "2026-02-01T00:00:00.000Z" };

    expect(editedEvent("order-created", malformed("x"), content())).toEqual({ kind: "event", event });
    expect(editedEvent("order-created", content(), content(other))).toEqual({ kind: "event", event: other });
  });

  test.each([
    ["/data/lines/0/quantity must be at least 1.", "/body/data/lines/0/quantity"],
    ["The body is not valid JSON.", "/body"],
    ["See /id there.", "/body"],
  ])("that is malformed is refused with the error: %s", (detail, pointer) => {
    expect(editedEvent("order-created", content(), malformed(detail))).toEqual({
      kind: "fault",
      detail,
      pointer,
    });
  });

  test("must have a type that the consumer processes", () => {
    expect(editedEvent("order-created", malformed("x"), content(cancelled(order("1"))))).toEqual({
      kind: "fault",
      detail: "order-created accepts no order.cancelled.",
      pointer: "/body/type",
    });
  });

  test.each([
    ["/id", { ...event, id: created(order("2")).id }],
    ["/type", { ...event, type: "order.cancelled" as const }],
    ["/subject", { ...event, subject: order("2").orderId }],
    ["/data/lines", { ...event, data: { ...event.data, lines: [line({ quantity: 2 })] } }],
  ])("cannot change %s", (pointer, after) => {
    expect(editedEvent("publish-events", content(), content(after))).toEqual({
      kind: "fault",
      detail: `${pointer} identifies the event and cannot be edited.`,
      pointer: `/body${pointer}`,
    });
  });
});
