import { beforeEach, describe, expect, test } from "vitest";
import { eventOf } from "../../functions/orders/domain/order.ts";
import { reported } from "../fakes/test-consumer.ts";
import { order } from "../fixtures/events.ts";
import { sqsEvent, sqsRecord } from "../fixtures/lambda-events.ts";
import { parked, redrive } from "./operator-api.ts";
import { simulateQueues } from "./queue-simulator.ts";
import { dieAt, invoke, newRig, type Rig } from "./rig.ts";

let rig: Rig;
beforeEach(() => {
  rig = newRig();
});

const row = order("1", { status: "CONFIRMED", version: 2 });
const event = eventOf(row);
const key = `notify-customer~${event.id}`;
const failed = () => rig.tables.rows.failed.get(key);

/** A mail of unknown outcome: claimed and parked, and its function ended. */
function inDoubt(claimedBeforeMs = 3_600_000): void {
  rig.tables.rows.orders.set(row.orderId, row);
  void rig.tables.notifications.claim(event.id, rig.clock.now() - claimedBeforeMs);
  parked(rig, row, {
    consumer: "notify-customer",
    failedKey: key,
    body: JSON.stringify(event),
    eventId: event.id,
    eventType: event.type,
    reason: "OUTCOME_UNKNOWN",
  });
}

/** An attempt that reaches its deadline before the reply to its claim. The returned function continues it. */
async function frozenAttempt(): Promise<() => Promise<void>> {
  const frozen = Promise.withResolvers<void>();
  const thawed = Promise.withResolvers<void>();
  let isFirst = true;
  rig.faults.after = async (call) => {
    if (call !== "notifications.claim" || !isFirst) return;
    isFirst = false;
    frozen.resolve();
    await thawed.promise;
  };
  const attempt = invoke("notify-customer", sqsEvent(sqsRecord(event, { messageId: "m" })));
  await frozen.promise;
  rig.clock.advance(30_000);
  expect(await attempt).toEqual(reported("m"));
  return async () => {
    thawed.resolve();
    // Everything is in memory, so one turn of the event loop completes it.
    await new Promise((resolve) => setImmediate(resolve));
  };
}

describe("a mail of unknown outcome", () => {
  test("is not sent by a redrive without its outcome", async () => {
    inDoubt();

    expect(await redrive(key)).toMatchObject({
      status: 422,
      body: {
        code: "REDRIVE_REFUSED",
        detail: expect.stringContaining("redrive the message as sent or as not-sent (--sent or --not-sent)"),
      },
    });
  });

  test("is sent once by a redrive that declares it not sent", async () => {
    inDoubt();

    expect(await redrive(key, { mail: "not-sent" })).toMatchObject({
      status: 200,
      body: { outcome: "sent" },
    });
    await simulateQueues(rig).drain();

    expect(rig.mailer.outbox).toHaveLength(1);
    expect(rig.tables.rows.mails.get(event.id)).toBe("sent");
    expect(failed()).toMatchObject({ status: "RESOLVED" });
    expect(rig.out.lines()).toContainEqual(
      expect.objectContaining({ audit: "operator", act: "mail not-sent" }),
    );
  });

  test("counts as sent and is never sent after an operator declares it sent", async () => {
    inDoubt();

    const { body } = await redrive(key, { mail: "sent", why: "it is in the provider's log" });
    const simulation = simulateQueues(rig);
    simulation.send("notify-customer", event);
    await simulation.drain();

    expect(body).toMatchObject({ outcome: "resolved", because: "the mail was sent" });
    expect(rig.mailer.outbox).toEqual([]);
    expect(rig.tables.rows.mails.get(event.id)).toBe("sent");
    expect(failed()).toMatchObject({
      status: "RESOLVED",
      history: [{ act: "park" }, { why: "the mail was sent; it is in the provider's log" }],
    });
  });

  test.each([
    ["sent", "would resolve"],
    ["not-sent", "would send"],
  ])("in a dry run with the outcome %s: %s, and nothing changes", async (mail, outcome) => {
    inDoubt();

    expect((await redrive(key, { mail, dryRun: true })).body).toMatchObject({ outcome });

    expect(rig.tables.rows.mails.get(event.id)).toBe("sending");
    expect(failed()).toMatchObject({ status: "OPEN" });
  });

  test("is refused while an attempt to send it can be running", async () => {
    inDoubt(59_000);

    expect(await redrive(key, { mail: "not-sent" })).toMatchObject({
      status: 422,
      body: { detail: expect.stringContaining("less than a minute ago") },
    });
    expect(rig.tables.rows.mails.get(event.id)).toBe("sending");
    expect(failed()).toMatchObject({ status: "OPEN" });
  });

  test("is not sent when it was marked as sent meanwhile, whatever the operator declares", async () => {
    inDoubt();
    rig.faults.after = async (call) => {
      if (call === "notifications.state") rig.tables.rows.mails.set(event.id, "sent");
    };

    expect(await redrive(key, { mail: "not-sent" })).toMatchObject({
      status: 409,
      body: { code: "FAILED_MESSAGE_CHANGED" },
    });
    expect(rig.queues.sent).toEqual([]);
  });

  test("its outcome is refused for any other message", async () => {
    const other = parked(rig, order("2"));

    expect(await redrive(other.failedKey, { mail: "not-sent" })).toMatchObject({
      status: 422,
      body: { code: "REDRIVE_REFUSED", pointer: "/mail" },
    });
  });

  test("H1, B7: is sent once although the frozen attempt that claimed it continues later", async () => {
    rig.tables.rows.orders.set(row.orderId, row);
    const simulation = simulateQueues(rig);
    const thaw = await frozenAttempt();
    simulation.send("notify-customer", event);
    await simulation.step();
    expect(failed()).toMatchObject({ status: "OPEN", reason: "OUTCOME_UNKNOWN" });
    rig.clock.advance(60_000);

    expect(await redrive(key, { mail: "not-sent" })).toMatchObject({ status: 200 });
    await simulation.drain();
    await thaw();

    expect(rig.mailer.outbox).toHaveLength(1);
    expect(rig.tables.rows.mails.get(event.id)).toBe("sent");
    expect(failed()).toMatchObject({ status: "RESOLVED" });
  });

  test("H1, B7: is not sent by a frozen attempt that continues before the redriven message", async () => {
    rig.tables.rows.orders.set(row.orderId, row);
    const thaw = await frozenAttempt();

    await thaw();

    expect(rig.mailer.outbox).toEqual([]);
    expect(rig.tables.rows.mails.has(event.id)).toBe(false);
    const simulation = simulateQueues(rig);
    simulation.send("notify-customer", event);
    await simulation.drain();
    expect(rig.mailer.outbox).toHaveLength(1);
  });

  test.each(["before", "after"] as const)(
    "H1: is sent once although the function crashed %s any of its calls and the operator repeated the request",
    async (moment) => {
      for (let n = 1; n < 30; n++) {
        rig = newRig();
        inDoubt();
        const wasReached = dieAt(rig, moment, n);
        await redrive(key, { mail: "not-sent" }).catch(() => undefined);
        if (!wasReached()) return;
        const simulation = simulateQueues(rig);
        for (let i = 0; i < 3 && failed()?.status !== "RESOLVED"; i++) {
          await simulation.drain();
          await redrive(key, { mail: "not-sent" });
        }
        await simulation.drain();

        expect(rig.mailer.outbox, `call ${n}`).toHaveLength(1);
        expect(failed(), `call ${n}`).toMatchObject({ status: "RESOLVED" });
      }
      throw new Error("The action has more calls than were tested.");
    },
  );
});
