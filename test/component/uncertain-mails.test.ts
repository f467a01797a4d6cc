import { beforeEach, describe, expect, test } from "vitest";
import type { MailDecision } from "../../functions/contract/failures.ts";
import type { OrderEvent } from "../../functions/contract/schemas.ts";
import { eventOf } from "../../functions/orders/domain/order.ts";
import { order } from "../fixtures/events.ts";
import { jobOf, parked, parkedMany, redriveMany, startJob } from "./operator-api.ts";
import { simulateQueues } from "./queue-simulator.ts";
import { dieAt, invoke, newRig, type Rig } from "./rig.ts";

let rig: Rig;
beforeEach(() => {
  rig = newRig();
});

const GROUP = { reason: "OUTCOME_UNKNOWN" } as const;
const keyOf = ({ id }: OrderEvent) => `notify-customer~${id}`;
const failed = (event: OrderEvent) => rig.tables.rows.failed.get(keyOf(event));
const decide = (mail: MailDecision, body: object = {}) => redriveMany({ filter: GROUP, mail, ...body });

/** A parked mail, claimed an hour ago unless it was never attempted. */
function parkedMail(name: string, reason: "OUTCOME_UNKNOWN" | "REFUSED", claimedBeforeMs?: number) {
  const row = order(name, { status: "CONFIRMED", version: 2 });
  const event = eventOf(row);
  rig.tables.rows.orders.set(row.orderId, row);
  if (claimedBeforeMs !== undefined)
    void rig.tables.notifications.claim(event.id, rig.clock.now() - claimedBeforeMs);
  parked(rig, row, {
    consumer: "notify-customer",
    failedKey: keyOf(event),
    body: JSON.stringify(event),
    eventId: event.id,
    eventType: event.type,
    reason,
  });
  return event;
}

const inDoubt = (count: number, claimedBeforeMs = 3_600_000) =>
  Array.from({ length: count }, (_, i) => parkedMail(`mail${i}`, "OUTCOME_UNKNOWN", claimedBeforeMs));

describe("POST /jobs with a decision on mails of unknown outcome", () => {
  test("sends each mail once where the operator decides not sent, and stores the decision", async () => {
    const events = inDoubt(12);

    const { status, body } = await decide("not-sent", { ratePerSecond: 100 });
    await simulateQueues(rig).drain();

    expect(status).toBe(202);
    expect(body).toMatchObject({ status: "DONE", mail: "not-sent", done: 12, refused: 0 });
    expect(rig.mailer.outbox).toHaveLength(12);
    const history = expect.arrayContaining([
      expect.objectContaining({
        act: "redrive",
        why: "the mail was not sent; the bug is fixed",
        jobId: body["jobId"],
      }),
    ]);
    for (const event of events) expect(failed(event)).toMatchObject({ status: "RESOLVED", history });
    expect(rig.out.lines()).toContainEqual(
      expect.objectContaining({ audit: "operator", act: "mail not-sent", jobId: body["jobId"] }),
    );
    expect(await jobOf(body["jobId"])).toMatchObject({ mail: "not-sent" });
  });

  test("resolves each message where the operator decides sent, and no later message sends its mail", async () => {
    const events = inDoubt(3);

    const { body } = await decide("sent");
    const simulation = simulateQueues(rig);
    for (const event of events) simulation.send("notify-customer", event);
    await simulation.drain();

    expect(body).toMatchObject({ status: "DONE", mail: "sent", resolved: 3, done: 0 });
    expect(rig.mailer.outbox).toEqual([]);
    for (const event of events) {
      expect(rig.tables.rows.mails.get(event.id)).toBe("sent");
      expect(failed(event)?.history.at(-1)).toMatchObject({ why: "the mail was sent; the bug is fixed" });
    }
  });

  test.each([
    ["sent", "resolve"],
    ["not-sent", "send"],
    [undefined, "refuse"],
  ] as const)(
    "in a dry run with the decision %s: each would be %s, and nothing changes",
    async (mail, outcome) => {
      const events = inDoubt(3);

      const { body } = await redriveMany({ filter: GROUP, dryRun: true, ...(mail && { mail }) });

      expect(body["outcomes"]).toContainEqual(expect.objectContaining({ outcome, count: 3 }));
      for (const event of events) {
        expect(rig.tables.rows.mails.get(event.id)).toBe("sending");
        expect(failed(event)).toMatchObject({ status: "OPEN" });
      }
    },
  );

  test("without a decision refuses each message", async () => {
    inDoubt(3);

    expect((await redriveMany({ filter: GROUP })).body).toMatchObject({ refused: 3, done: 0, resolved: 0 });
    expect(rig.queues.sent).toEqual([]);
  });

  test("refuses messages that send no mail, and sent for a mail without an attempt", async () => {
    parkedMany(rig, 2);
    const refused = parkedMail("refused", "REFUSED");

    const tried = await decide("sent", { filter: {}, dryRun: true });
    const { body } = await decide("sent", { filter: {} });

    expect(tried.body["outcomes"]).toContainEqual({
      outcome: "refuse",
      count: 3,
      samples: expect.arrayContaining([
        { id: keyOf(refused), because: expect.stringContaining("No attempt to send this mail has begun") },
        { id: expect.any(String), because: expect.stringContaining("This message sends no mail") },
      ]),
    });
    expect(body).toMatchObject({ refused: 3, resolved: 0 });
    expect(rig.tables.rows.mails.has(refused.id)).toBe(false);
  });

  test("refuses a mail whose attempt may still be running", async () => {
    const [event] = inDoubt(1, 59_000);

    expect((await decide("not-sent")).body).toMatchObject({ refused: 1, done: 0 });
    expect(event && rig.tables.rows.mails.get(event.id)).toBe("sending");
    expect(event && failed(event)).toMatchObject({ status: "OPEN" });
  });

  test("leaves a mail that was marked as sent meanwhile", async () => {
    const [event] = inDoubt(1);
    rig.faults.after = async (call) => {
      if (call === "notifications.state" && event) rig.tables.rows.mails.set(event.id, "sent");
    };

    expect((await decide("not-sent")).body).toMatchObject({ skipped: 1, done: 0 });
    expect(rig.queues.sent).toEqual([]);
  });

  test.each(["discard", "undo"])("is refused for a %s", async (act) => {
    expect(await startJob({ act, filter: GROUP, mail: "sent" })).toMatchObject({
      status: 400,
      body: { code: "INVALID_REQUEST", pointer: "/mail" },
    });
  });

  test.each(["before", "after"] as const)(
    "H1: sends each mail once although the function crashed %s any of its calls and the operator repeated the job",
    async (moment) => {
      for (let n = 1; n < 60; n++) {
        rig = newRig();
        const events = inDoubt(2);
        const wasReached = dieAt(rig, moment, n);
        await decide("not-sent").catch(() => undefined);
        if (!wasReached()) return;
        const simulation = simulateQueues(rig);
        const areOpen = () => events.some((event) => failed(event)?.status !== "RESOLVED");
        for (let i = 0; i < 5 && areOpen(); i++) {
          // A job that was not stored, and a message that was never sent, take another job.
          await decide("not-sent", { filter: { consumer: "notify-customer" } });
          rig.clock.advance(3_700_000);
          await invoke("maintenance", {});
          await simulation.drain();
        }

        expect(rig.mailer.outbox, `call ${n}`).toHaveLength(2);
        for (const event of events) expect(failed(event), `call ${n}`).toMatchObject({ status: "RESOLVED" });
      }
      throw new Error("The job has more calls than were tested.");
    },
  );
});
