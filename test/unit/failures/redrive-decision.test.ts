import { describe, expect, test } from "vitest";
import type { Evidence } from "../../../functions/consumers/define-consumer.ts";
import { discardConsequences } from "../../../functions/failures/domain/discard-consequences.ts";
import { checkEffect } from "../../../functions/failures/domain/effect-check.ts";
import type { FailedMessage } from "../../../functions/failures/domain/failed-message.ts";
import {
  type BodyContent,
  decideRedrive,
  type Findings,
} from "../../../functions/failures/domain/redrive-decision.ts";
import type { Order } from "../../../functions/orders/domain/order.ts";
import { cancelled, created, order } from "../../fixtures/events.ts";
import { failedRow } from "../../fixtures/failed-rows.ts";
import { undoneForOthers } from "../../fixtures/other-consumers.ts";

const row = order("1");
const event = created(row);
const message: BodyContent = { kind: "message", message: event };
const malformed: BodyContent = { kind: "malformed", reason: "INVALID_EVENT", detail: "/time is required." };
const seen = (
  changes: Partial<Order> | undefined,
  notification: Evidence["notification"] = "none",
): Evidence => ({
  order: changes === undefined ? undefined : { ...row, ...changes },
  notification,
  marks: new Set(),
});
const findings = (changes: Partial<Findings> = {}): Findings => ({
  evidence: seen({}),
  content: message,
  hasTarget: true,
  ...changes,
});
const mailOf = (version: number): Partial<FailedMessage> => ({
  consumer: "notify-customer",
  eventId: cancelled(row, version).id,
  eventType: "order.cancelled",
});

describe("the decision about a redrive", () => {
  test.each(["RETRYING", "REDRIVEN", "RESOLVED", "DISCARDED"] as const)(
    "%s: refused for its status",
    (status) => {
      expect(decideRedrive(failedRow({}, status), findings())).toMatchObject({
        kind: "refuse",
        cause: "status",
      });
    },
  );

  test.each<[string, Partial<FailedMessage>, Partial<Findings>, object]>([
    ["the order waits for it", {}, {}, { kind: "send" }],
    [
      "its consumer is unknown, and the order has a later status",
      { consumer: "another-deployment" },
      { evidence: seen({ status: "CONFIRMED", version: 2 }) },
      { kind: "refuse", cause: "futile", whyNot: "No consumer another-deployment is known." },
    ],
    ["the order is unknown", {}, { evidence: seen(undefined) }, { kind: "send" }],
    [
      "the order is unknown, as at its failure",
      { reason: "UNKNOWN_ORDER" },
      { evidence: seen(undefined) },
      { kind: "send", warning: expect.stringContaining("It fails again as UNKNOWN_ORDER") },
    ],
    [
      "the order has other lines",
      { reason: "EVENT_CONTRADICTS_ORDER" },
      { evidence: seen({ status: "CONFIRMED", version: 2, linesDigest: "of other lines" }) },
      { kind: "send", warning: expect.stringContaining("It fails again as EVENT_CONTRADICTS_ORDER") },
    ],
    [
      "the order is still not cancelled",
      { reason: "STATE_CONFLICT", consumer: "order-cancelled", eventType: "order.cancelled" },
      {
        content: { kind: "message", message: cancelled(row) },
        evidence: seen({ status: "CONFIRMED", version: 2, stockHeld: true }),
      },
      { kind: "send", warning: "It fails again as STATE_CONFLICT: the order is CONFIRMED." },
    ],
    [
      "the order has a later status",
      {},
      { evidence: seen({ status: "REJECTED", version: 2 }) },
      { kind: "resolve", because: "the order is REJECTED" },
    ],
    ["it is malformed", {}, { content: malformed }, { kind: "refuse", cause: "futile" }],
    ["it has no queue", {}, { hasTarget: false }, { kind: "refuse", cause: "futile" }],
    [
      "its consumer processes other types",
      { consumer: "order-cancelled" },
      {},
      { kind: "refuse", cause: "futile" },
    ],
    ["the publisher accepts every type", { consumer: "publish-events" }, {}, { kind: "send" }],
    [
      "it is malformed, and its effect exists",
      {},
      { content: malformed, evidence: seen({ status: "CONFIRMED", version: 2 }) },
      { kind: "resolve" },
    ],
    [
      "a mail that may have been sent",
      mailOf(2),
      {
        content: { kind: "message", message: cancelled(row) },
        evidence: seen({ status: "CANCELLED", version: 2 }, "sending"),
      },
      { kind: "refuse", cause: "futile" },
    ],
    [
      "a mail that was never started",
      mailOf(2),
      {
        content: { kind: "message", message: cancelled(row) },
        evidence: seen({ status: "CANCELLED", version: 2 }),
      },
      { kind: "send" },
    ],
  ])("%s", (_, changes, known, decision) => {
    expect(decideRedrive(failedRow(changes), findings(known))).toMatchObject(decision);
  });
});

test.each<[string, Partial<FailedMessage>, Partial<Order>]>([
  ["exists", { reason: "UNKNOWN_ORDER" }, {}],
  ["has its lines", { reason: "EVENT_CONTRADICTS_ORDER" }, {}],
  [
    "is cancelled",
    { reason: "STATE_CONFLICT", ...mailOf(2), consumer: "order-cancelled" },
    { status: "CANCELLED", stockHeld: true },
  ],
])("a redrive has no warning once the order %s", (_, changes, orderNow) => {
  const known = changes.consumer === undefined ? event : cancelled(row, 2);
  const now = findings({ content: { kind: "message", message: known }, evidence: seen(orderNow) });

  expect(decideRedrive(failedRow(changes), now)).toEqual({ kind: "send" });
});

describe("the effect of a message is done", () => {
  test.each<[string, Partial<FailedMessage>, Evidence, object]>([
    ["not while the order waits", {}, seen({}), { effect: "missing", because: "the order is PENDING" }],
    ["once the order has a later status", {}, seen({ status: "CONFIRMED" }), { effect: "done" }],
    ["unknown without an order", {}, seen(undefined), { effect: "unknown" }],
    [
      "unknown for an uncertain mail",
      mailOf(2),
      seen({ status: "CANCELLED", version: 2 }, "sending"),
      { effect: "unknown" },
    ],
    [
      "unknown for an unknown consumer",
      { consumer: "another-deployment" },
      seen({ status: "CONFIRMED" }),
      { effect: "unknown", because: "no consumer another-deployment is known" },
    ],
    ["once the mail was sent", mailOf(2), seen({ version: 2 }, "sent"), { effect: "done" }],
  ])("%s", (_, changes, evidence, expected) => {
    expect(checkEffect(failedRow(changes), evidence)).toMatchObject(expected);
  });
});

const NOT_KNOWN = /^What stays undone is not known for consumer another-deployment\.$/;

describe("the consequences of a discard", () => {
  test.each<[string, Partial<FailedMessage>, Evidence, RegExp[]]>([
    ["a creation", {}, seen({}), [/stays PENDING/]],
    ["a creation whose effect exists", {}, seen({ status: "CONFIRMED" }), []],
    [
      "a message without an order",
      {},
      seen(undefined),
      [/^No order is known .* what stays undone is not known/],
    ],
    [
      "a cancellation",
      { consumer: "order-cancelled" },
      seen({ status: "CANCELLED", version: 2, stockHeld: true }),
      [/Stock stays held .*: 1 × TEA-1/],
    ],
    ["a mail", mailOf(2), seen({ status: "CANCELLED", version: 2 }), [/order\.cancelled .* is not sent/]],
    [
      "an uncertain mail",
      mailOf(2),
      seen({ status: "CANCELLED", version: 2 }, "sending"),
      [/may or may not have been sent/],
    ],
    [
      "an unpublished creation",
      { consumer: "publish-events" },
      seen({}),
      [/is not published/, /stays PENDING/],
    ],
    [
      "an unpublished cancellation",
      { ...mailOf(2), consumer: "publish-events" },
      seen({ status: "CANCELLED", version: 2, stockHeld: true }),
      [/is not published/, /Stock stays held/, /is not sent/],
    ],
    ["a message of an unknown consumer", { consumer: "another-deployment" }, seen({}), [NOT_KNOWN]],
    [
      "a message of an unknown consumer whose order has a later status",
      { consumer: "another-deployment" },
      seen({ status: "CONFIRMED", version: 2 }, "sent"),
      [NOT_KNOWN],
    ],
    [
      "a message of an unknown consumer without an order",
      { consumer: "another-deployment" },
      seen(undefined),
      [NOT_KNOWN],
    ],
  ])("%s", (_, changes, evidence, expected) => {
    const row = failedRow(changes);
    const forOthers = row.consumer === "publish-events" ? undoneForOthers(row, evidence) : [];
    const left = discardConsequences(row, evidence).filter((sentence) => !forOthers.includes(sentence));

    expect(left).toHaveLength(expected.length);
    for (const [i, pattern] of expected.entries()) expect(left[i]).toMatch(pattern);
  });
});
