import { DeleteItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { dynamoDbNotifications } from "../../functions/adapters/dynamodb-notifications.ts";
import type { Notifications } from "../../functions/orders/ports/notifications.ts";
import { memoryTables } from "../fakes/memory-tables.ts";
import { NOW } from "../fixtures/events.ts";
import { type ClientFaults, clientFaults } from "./client-faults.ts";
import { type Database, database } from "./services.ts";

function describeNotifications(name: string, make: () => Promise<Notifications>): void {
  describe(`notifications ${name}`, () => {
    let notifications: Notifications;
    beforeEach(async () => {
      notifications = await make();
    });

    test("a mail goes from none over sending to sent", async () => {
      expect(await notifications.state("e")).toBe("none");
      expect(await notifications.claim("e", NOW)).toBe("claimed");
      expect(await notifications.state("e")).toBe("sending");
      expect(await notifications.claim("e", NOW)).toBe("sending");
      await notifications.markSent("e", NOW);
      expect(await notifications.state("e")).toBe("sent");
      expect(await notifications.claim("e", NOW)).toBe("sent");
    });

    test("B1: of ten concurrent claims exactly one succeeds", async () => {
      const claims = await Promise.all(Array.from({ length: 10 }, () => notifications.claim("e", NOW)));

      expect(claims.sort()).toEqual(["claimed", ...Array(9).fill("sending")]);
    });

    test("a withdrawn claim can be made again; withdrawing a missing claim succeeds", async () => {
      await notifications.release("e", NOW);
      await notifications.claim("e", NOW);
      await notifications.release("e", NOW);

      expect(await notifications.state("e")).toBe("none");
      expect(await notifications.claim("e", NOW)).toBe("claimed");
    });

    test("H1, B7: a frozen attempt does not withdraw a later claim of its own instance", async () => {
      await notifications.claim("e", NOW);
      await notifications.revokeClaim("e", NOW);
      await notifications.claim("e", NOW + 60_000);

      await notifications.release("e", NOW);

      expect(await notifications.state("e")).toBe("sending");
      await notifications.release("e", NOW + 60_000);
      expect(await notifications.state("e")).toBe("none");
    });

    test("a skipped mail cannot be claimed and counts as not started", async () => {
      expect(await notifications.skip("e", NOW)).toBe("skipped");
      expect(await notifications.skip("e", NOW)).toBe("skipped");

      expect(await notifications.claim("e", NOW)).toBe("skipped");
      expect(await notifications.state("e")).toBe("none");
      await notifications.release("e", NOW);
      expect(await notifications.revokeClaim("e", NOW)).toBe("revoked");
      expect(await notifications.claim("e", NOW)).toBe("skipped");
    });

    test("a claimed or sent mail cannot be skipped", async () => {
      await notifications.claim("e", NOW);
      expect(await notifications.skip("e", NOW)).toBe("sending");
      await notifications.markSent("e", NOW);
      expect(await notifications.skip("e", NOW)).toBe("sent");

      expect(await notifications.state("e")).toBe("sent");
    });

    test("withdrawing leaves a sent mail unchanged", async () => {
      await notifications.claim("e", NOW);
      await notifications.markSent("e", NOW);
      await notifications.release("e", NOW);

      expect(await notifications.state("e")).toBe("sent");
    });

    test("revokeClaim removes an old claim of any owner, and nothing else", async () => {
      await notifications.claim("old", NOW - 60_000);
      await notifications.claim("young", NOW - 59_999);
      await notifications.claim("gone", NOW - 90_000);
      await notifications.markSent("gone", NOW);

      const revokeClaim = (eventId: string) => notifications.revokeClaim(eventId, NOW - 60_000);

      expect(await revokeClaim("old")).toBe("revoked");
      expect(await revokeClaim("old")).toBe("revoked");
      expect(await notifications.state("old")).toBe("none");
      expect(await revokeClaim("young")).toBe("claimed recently");
      expect(await notifications.state("young")).toBe("sending");
      expect(await revokeClaim("gone")).toBe("sent");
      expect(await notifications.state("gone")).toBe("sent");
    });

    test("H6: feedback marks a mail as sent, whatever its row showed, and never unmarks it", async () => {
      await notifications.claim("claimed", NOW);
      await notifications.claim("sent", NOW);
      await notifications.markSent("sent", NOW);
      await notifications.skip("skipped", NOW);

      for (const eventId of ["claimed", "sent", "skipped", "without a row"]) {
        expect(await notifications.recordFeedback(eventId, "bounced", NOW + 1)).toBe(true);
        expect(await notifications.recordFeedback(eventId, "bounced", NOW + 1)).toBe(false);
        expect(await notifications.recordFeedback(eventId, "complained", NOW + 2)).toBe(true);
        await notifications.release(eventId, NOW);
        expect(await notifications.state(eventId)).toBe("sent");
        expect(await notifications.claim(eventId, NOW + 3)).toBe("sent");
      }
    });

    test("mails of different events are independent", async () => {
      await notifications.claim("e", NOW);

      expect(await notifications.claim("f", NOW)).toBe("claimed");
    });
  });
}

describeNotifications("in memory", async () => memoryTables(() => NOW).notifications);

let db: Database;
let faults: ClientFaults;
let ids = 0;
beforeAll(async () => {
  db = await database();
  faults = clientFaults(db.client);
});
afterAll(() => db.close());
const onTable = (table: string) => dynamoDbNotifications(db.client, table, () => `claim-${++ids}`);

describeNotifications("in DynamoDB", async () => onTable(await db.table("notifications")));

describe("notifications in DynamoDB", () => {
  test("D2: a claim whose reply is lost belongs to its call", async () => {
    const notifications = onTable(await db.table("notifications"));
    faults.loseReply();

    expect(await notifications.claim("e", NOW)).toBe("claimed");
    expect(await notifications.claim("e", NOW)).toBe("sending");
  });

  test("D1: marking and withdrawing survive a lost reply", async () => {
    const notifications = onTable(await db.table("notifications"));
    await notifications.claim("e", NOW);
    faults.loseReply();
    await notifications.release("e", NOW);
    await notifications.claim("e", NOW);
    faults.loseReply();
    await notifications.markSent("e", NOW);

    expect(await notifications.state("e")).toBe("sent");
  });

  test("H1, B7: a late withdrawal keeps the claim that another instance made since", async () => {
    const table = await db.table("notifications");
    const [late, next] = [onTable(table), onTable(table)];
    await late.claim("e", NOW);
    // As the late first attempt of a call, after its second attempt and the next claim.
    await db.client.send(new DeleteItemCommand({ TableName: table, Key: { eventId: { S: "e" } } }));
    await next.claim("e", NOW);

    await late.release("e", NOW);

    expect(await next.state("e")).toBe("sending");
    expect(await late.claim("e", NOW)).toBe("sending");
  });
});
