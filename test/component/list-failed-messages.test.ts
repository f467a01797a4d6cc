import { beforeEach, describe, expect, test } from "vitest";
import { order } from "../fixtures/events.ts";
import { ops, parked, parkedMany } from "./operator-api.ts";
import { newRig, type Rig } from "./rig.ts";

let rig: Rig;
beforeEach(() => {
  rig = newRig();
});

const MINUTE = 60_000;
/** Rows opened a minute apart, oldest first. */
function rows(count: number, changes: (i: number) => object = () => ({})) {
  return Array.from({ length: count }, (_, i) => {
    const at = new Date(rig.clock.now() + i * MINUTE).toISOString();
    return parked(rig, order(String(i)), { dueAt: at, firstAt: at, lastAt: at, ...changes(i) });
  });
}
const keysOf = (body: Record<string, unknown>) =>
  (body["items"] as { failedKey: string }[]).map(({ failedKey }) => failedKey);

describe("GET /failed-messages", () => {
  test("lists open messages, oldest first, without their bodies", async () => {
    const [first, second] = rows(2);
    parked(rig, order("other"), {}, "DISCARDED");

    const { status, body } = await ops("GET ");

    expect(status).toBe(200);
    expect(keysOf(body)).toEqual([first?.failedKey, second?.failedKey]);
    expect(Object.keys((body["items"] as object[])[0] ?? {})).not.toContain("body");
    expect(body).not.toHaveProperty("cursor");
  });

  test.each(["GET ", "GET /groups"])(
    "K30: %s of rows with the longest errors fits into a response",
    async (route) => {
      const long = "\u0001".repeat(500);
      parkedMany(rig, 1_000, (i) => ({
        fingerprint: i.toString(16).padStart(12, "0"),
        errorName: long,
        errorMessage: long,
        failedKey: `order-created~${i}`.padEnd(256, "x"),
      }));

      const query: Record<string, string> = route === "GET " ? { limit: "500" } : {};
      const { status, body } = await ops(route, { query });

      expect(status).toBe(200);
      expect(body["items"] ?? body["groups"]).toHaveLength(500);
      expect(body["cursor"] ?? body["isComplete"]).not.toBe(true);
    },
  );

  test("lists everything once by its cursor", async () => {
    const all = rows(7).map(({ failedKey }) => failedKey);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const query = { limit: "3", ...(cursor === undefined ? {} : { cursor }) };
      const { body } = await ops("GET ", { query });
      expect(keysOf(body).length).toBeLessThanOrEqual(3);
      seen.push(...keysOf(body));
      cursor = body["cursor"] as string | undefined;
    } while (cursor !== undefined);

    expect(seen).toEqual(all);
  });

  test.each<[string, Record<string, string>, number[]]>([
    ["a consumer", { consumer: "notify-customer" }, [1]],
    ["a type", { type: "unknown" }, [2]],
    ["a reason", { reason: "STATE_CONFLICT" }, [3]],
    ["a fingerprint", { fingerprint: "0123456789ab" }, [4]],
    ["a time from", { from: "2026-01-01T12:04:00Z" }, [4, 5]],
    ["a time to", { to: "2026-01-01T12:01:00Z" }, [0, 1]],
    ["two of them", { consumer: "notify-customer", reason: "STATE_CONFLICT" }, []],
  ])("filters by %s", async (_, query, expected) => {
    const special = [
      {},
      { consumer: "notify-customer" },
      { eventType: undefined },
      { reason: "STATE_CONFLICT" },
      { fingerprint: "0123456789ab" },
      {},
    ];
    const all = rows(6, (i) => special[i] ?? {});

    const { status, body } = await ops("GET ", { query });

    expect(status).toBe(200);
    expect(keysOf(body)).toEqual(expected.map((i) => all[i]?.failedKey));
  });

  test.each<[Record<string, string | string[]>, RegExp]>([
    [{ stauts: "OPEN" }, /no parameter stauts; there are status, consumer/],
    [{ status: "CLOSED" }, /parameter status must be one of OPEN, RETRYING/],
    [{ consumer: "unknown" }, /no consumer unknown; there are .*order-created, order-cancelled/],
    [{ reason: "BORED" }, /parameter reason must be one of MALFORMED_JSON/],
    [{ from: "yesterday" }, /parameter from must be a time in UTC/],
    [{ limit: "0" }, /parameter limit must be at least 1/],
    [{ limit: "many" }, /parameter limit must be a whole number/],
    [{ limit: "501" }, /parameter limit must be at most 500/],
    [{ status: ["OPEN", "OPEN"] }, /status occurs 2 times/],
  ])("refuses %o with the valid values", async (query, detail) => {
    const { status, body } = await ops("GET ", { query });

    expect(status).toBe(400);
    expect(body).toMatchObject({ code: "INVALID_REQUEST", detail: expect.stringMatching(detail) });
  });
});

describe("GET /failed-messages/groups", () => {
  test("groups failed messages with the same cause, largest first, with the latest error text", async () => {
    rows(5, (i) =>
      i % 2 === 0
        ? { fingerprint: "aaaaaaaaaaaa", errorName: "Error", errorMessage: `attempt ${i}` }
        : { fingerprint: "bbbbbbbbbbbb", reason: "STATE_CONFLICT" },
    );

    const { status, body } = await ops("GET /groups");

    expect(status).toBe(200);
    expect(body).toMatchObject({
      isComplete: true,
      groups: [
        {
          fingerprint: "aaaaaaaaaaaa",
          count: 3,
          errorMessage: "attempt 4",
          firstAt: "2026-01-01T12:00:00.000Z",
          lastAt: "2026-01-01T12:04:00.000Z",
          eventType: "order.created",
          sample: expect.stringContaining("order-created~"),
        },
        { fingerprint: "bbbbbbbbbbbb", count: 2, reason: "STATE_CONFLICT", consumer: "order-created" },
      ],
    });
  });

  test("accepts the filters of the list, but no limit", async () => {
    rows(3, (i) => (i === 0 ? { reason: "STATE_CONFLICT" } : {}));

    const { body } = await ops("GET /groups", { query: { reason: "STATE_CONFLICT" } });
    const refused = await ops("GET /groups", { query: { limit: "1" } });

    expect(body["groups"]).toMatchObject([{ count: 1 }]);
    expect(refused.status).toBe(400);
  });

  test("of an empty store are empty", async () => {
    expect((await ops("GET /groups")).body).toEqual({ groups: [], isComplete: true });
  });
});
