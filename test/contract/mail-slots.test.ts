import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { dynamoDbMailSlots } from "../../functions/adapters/dynamodb-mail-slots.ts";
import type { MailSlots } from "../../functions/orders/ports/mailer.ts";
import { memoryMailSlots } from "../fakes/memory-mail-slots.ts";
import { NOW } from "../fixtures/events.ts";
import { type Database, database } from "./services.ts";

function describeSlots(name: string, make: () => Promise<MailSlots>): void {
  describe(`times of mails ${name}`, () => {
    let slots: MailSlots;
    beforeEach(async () => {
      slots = await make();
    });

    test("are booked in steps of the interval", async () => {
      expect(await slots.book(NOW, 1_000)).toBeUndefined();
      expect(await slots.book(NOW, 1_000)).toBe(NOW + 1_000);
      expect(await slots.book(NOW + 999, 1_000)).toBe(NOW + 1_000);
      expect(await slots.book(NOW + 1_000, 1_000)).toBeUndefined();
      expect(await slots.book(NOW + 60_000, 1_000)).toBeUndefined();
      expect(await slots.book(NOW + 60_001, 1_000)).toBe(NOW + 61_000);
    });

    test("B1: one of ten concurrent bookings gets a time", async () => {
      const answers = await Promise.all(Array.from({ length: 10 }, () => slots.book(NOW, 1_000)));

      expect(answers.filter((answer) => answer === undefined)).toHaveLength(1);
      expect(new Set(answers)).toEqual(new Set([undefined, NOW + 1_000]));
    });

    test("B15: a time that a wrong clock booked far ahead does not stop the mails", async () => {
      await slots.book(NOW + 3_600_000, 1_000);

      expect(await slots.book(NOW, 1_000)).toBeUndefined();
    });
  });
}

describeSlots("in memory", async () => memoryMailSlots());

let db: Database;
beforeAll(async () => {
  db = await database();
});
afterAll(() => db.close());
describeSlots("in DynamoDB", async () => dynamoDbMailSlots(db.client, await db.table("notifications")));
