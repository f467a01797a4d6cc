import { ScanCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { dynamoDbSuppressions } from "../../functions/adapters/dynamodb-suppressions.ts";
import type { Suppression, Suppressions } from "../../functions/orders/ports/suppressions.ts";
import { memorySuppressions } from "../fakes/memory-suppressions.ts";
import { NOW } from "../fixtures/events.ts";
import { type ClientFaults, clientFaults } from "./client-faults.ts";
import { type Database, database } from "./services.ts";

const ADA = "ada@example.com";
const GRACE = "grace@example.com";
const at = (ms: number): string => new Date(ms).toISOString();
const BOUNCED: Suppression = { because: "bounced", since: at(NOW), eventId: "e" };

function describeSuppressions(name: string, make: () => Promise<Suppressions>): void {
  describe(`H6: suppressions ${name}`, () => {
    let suppressions: Suppressions;
    beforeEach(async () => {
      suppressions = await make();
    });

    test("show the first reason of an address", async () => {
      expect(await suppressions.suppress(ADA, BOUNCED)).toBe(true);
      expect(await suppressions.suppress(ADA, { because: "complained", since: at(NOW + 1) })).toBe(false);

      expect(await suppressions.get(ADA)).toEqual(BOUNCED);
      expect(await suppressions.get(GRACE)).toBeUndefined();
    });

    test("without an event have none", async () => {
      await suppressions.suppress(ADA, { because: "complained", since: at(NOW) });

      expect(await suppressions.get(ADA)).toEqual({ because: "complained", since: at(NOW) });
    });

    test("are found among many addresses, each given once, twice or in other letters", async () => {
      await suppressions.suppress(ADA, BOUNCED);
      const others = Array.from({ length: 97 }, (_, i) => `customer-${i}@example.com`);

      const found = await suppressions.among([ADA, ADA, "ADA@example.com", ...others]);

      expect([...found].sort()).toEqual(["ADA@example.com", ADA].sort());
      expect(await suppressions.among([])).toEqual(new Set());
    });

    test("are found among more addresses than DynamoDB reads at once", async () => {
      const addresses = Array.from({ length: 150 }, (_, i) => `customer-${i}@example.com`);
      const last = addresses.at(-1) ?? "";
      await suppressions.suppress(last, BOUNCED);

      expect(await suppressions.among(addresses)).toEqual(new Set([last]));
    });

    test("are unsuppressed once", async () => {
      await suppressions.suppress(ADA, BOUNCED);

      expect(await suppressions.unsuppress(ADA, NOW + 1)).toBe(true);
      expect(await suppressions.unsuppress(ADA, NOW + 2)).toBe(false);
      expect(await suppressions.unsuppress(GRACE, NOW)).toBe(false);
      expect(await suppressions.get(ADA)).toBeUndefined();
      expect(await suppressions.among([ADA])).toEqual(new Set());
    });

    test("that were unsuppressed return with later feedback only", async () => {
      await suppressions.suppress(ADA, BOUNCED);
      await suppressions.unsuppress(ADA, NOW + 1_000);

      expect(await suppressions.suppress(ADA, { because: "bounced", since: at(NOW + 1_000) })).toBe(false);
      expect(await suppressions.among([ADA])).toEqual(new Set());
      expect(await suppressions.suppress(ADA, { because: "bounced", since: at(NOW + 1_001) })).toBe(true);
      expect(await suppressions.among([ADA])).toEqual(new Set([ADA]));
    });
  });
}

describeSuppressions("in memory", async () => memorySuppressions());

let db: Database;
let faults: ClientFaults;
beforeAll(async () => {
  db = await database();
  faults = clientFaults(db.client);
});
afterAll(() => db.close());

describeSuppressions("in DynamoDB", async () =>
  dynamoDbSuppressions(db.client, await db.table("notifications")),
);

test("J1: rows of suppressions hold no address", async () => {
  const TableName = await db.table("notifications");
  const suppressions = dynamoDbSuppressions(db.client, TableName);
  await suppressions.suppress(ADA, BOUNCED);
  await suppressions.unsuppress(ADA, NOW);

  const { Items = [] } = await db.client.send(new ScanCommand({ TableName }));

  expect(Items).toHaveLength(1);
  expect(JSON.stringify(Items)).not.toContain("ada");
});

test("D1: suppressing and unsuppressing survive a lost reply", async () => {
  const suppressions = dynamoDbSuppressions(db.client, await db.table("notifications"));
  faults.loseReply();
  await suppressions.suppress(ADA, BOUNCED);
  expect(await suppressions.get(ADA)).toEqual(BOUNCED);

  faults.loseReply();
  await suppressions.unsuppress(ADA, NOW);
  expect(await suppressions.get(ADA)).toBeUndefined();
});
