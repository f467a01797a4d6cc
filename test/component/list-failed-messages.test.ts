import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { PATTERNS } from "../../functions/contract/patterns.ts";
import type { FailedMessage } from "../../functions/failures/domain/failed-message.ts";
import type { Order } from "../../functions/orders/domain/order.ts";
import { created, order } from "../fixtures/events.ts";
import { operator, ops, parked, parkedMany } from "./operator-api.ts";
import { invoke, newRig, type Rig } from "./rig.ts";

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

  test("lists the newest first where it is asked to, also by its cursor", async () => {
    const all = rows(7).map(({ failedKey }) => failedKey);

    const first = await ops("GET ", { query: { order: "newest", limit: "4" } });
    const cursor = String(first.body["cursor"]);
    const second = await ops("GET ", { query: { order: "newest", limit: "4", cursor } });

    expect([...keysOf(first.body), ...keysOf(second.body)]).toEqual(all.toReversed());
    expect(second.body).not.toHaveProperty("cursor");
  });

  test("shows the number of open messages that maintenance counted, except with a filter or a search", async () => {
    rows(3);
    const before = await ops("GET ");
    await invoke("maintenance", {});

    const { body } = await ops("GET ", { query: { limit: "2" } });
    const filtered = await ops("GET ", { query: { limit: "2", reason: "UNKNOWN_ORDER" } });
    const searched = await ops("GET ", { query: { limit: "2", search: "a" } });
    const filteredGroups = await ops("GET /groups", { query: { reason: "UNKNOWN_ORDER" } });
    const next = await ops("GET ", { query: { limit: "2", cursor: String(body["cursor"]) } });
    const discarded = await ops("GET ", { query: { status: "DISCARDED" } });
    const groups = await ops("GET /groups");

    const openCount = { count: 3, isExact: true, at: new Date(rig.clock.now()).toISOString() };
    for (const { body: other } of [before, discarded, filtered, searched, filteredGroups])
      expect(other).not.toHaveProperty("openCount");
    for (const answer of [body, next.body, groups.body]) expect(answer["openCount"]).toEqual(openCount);
  });

  test("with an event lists its messages of every consumer, whatever their status", async () => {
    const [first, other] = rows(2);
    const event = String(first?.eventId);
    const mail = parked(
      rig,
      order("0"),
      { consumer: "notify-customer", failedKey: `notify-customer~${event}` },
      "DISCARDED",
    );

    const answers = await Promise.all(
      [{ event }, { event, status: "OPEN" }, { event: "none:1:order.created" }].map((query) =>
        ops("GET ", { query }),
      ),
    );

    expect(answers.map(({ status, body }) => [status, keysOf(body).toSorted()])).toEqual([
      [200, [mail.failedKey, first?.failedKey]],
      [200, [first?.failedKey]],
      [200, []],
    ]);
    expect(other?.eventId).not.toBe(event);
    expect((await ops("GET ", { query: { event: "x".repeat(129) } })).status).toBe(400);
  });

  test("ends after five seconds with a cursor, although no row matches the filter", async () => {
    rows(1_200);
    rig.faults.after = (call) => {
      if (call === "failedMessages.list") rig.clock.advance(3_000);
    };

    const { body } = await ops("GET ", { query: { reason: "STATE_CONFLICT" } });
    rig.faults.after = () => {};
    const { body: rest } = await ops("GET ", {
      query: { reason: "STATE_CONFLICT", cursor: String(body["cursor"]) },
    });

    expect(body["items"]).toEqual([]);
    expect(rest).toEqual({ items: [] });
  });

  test("K8: accepts a cursor of its own, and refuses any other text", async () => {
    rows(2);
    const { body } = await ops("GET ", { query: { limit: "1" } });
    expect((await ops("GET ", { query: { cursor: String(body["cursor"]) } })).status).toBe(200);
    const own = new RegExp(PATTERNS.cursor.pattern);
    const texts = fc.oneof(
      fc.string({ minLength: 1, unit: "binary" }),
      fc.base64String({ minLength: 1 }),
      fc.string({ minLength: 1 }).map((text) => `${body["cursor"]}${text}`),
      fc.nat(30).map((length) => String(body["cursor"]).slice(0, length)),
      fc.constant(`2026-01-01T12:00:00.000Z~${"k".repeat(513)}`),
    );

    await fc.assert(
      fc.asyncProperty(
        texts.filter((text) => !own.test(text)),
        async (cursor) => {
          const { status, body: problem } = await ops("GET ", { query: { cursor } });
          expect(status).toBe(400);
          expect(problem).toMatchObject({
            code: "INVALID_REQUEST",
            detail: expect.stringContaining("cursor"),
          });
        },
      ),
    );
  });

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
    [{ order: "random" }, /parameter order must be one of oldest, newest/],
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

describe("GET /failed-message-bodies?search=", () => {
  const search = async (text: string, query: Record<string, string> = {}) =>
    (await operator("GET /failed-message-bodies", { query: { search: text, ...query } })).body;
  /** All keys of a search, by its cursors. */
  async function found(text: string, query: Record<string, string> = {}): Promise<string[][]> {
    const pages: string[][] = [];
    for (let from: Record<string, string> | undefined = {}; from !== undefined; ) {
      const body = await search(text, { ...query, ...from });
      pages.push(keysOf(body));
      const { cursor } = body;
      from = typeof cursor === "string" ? { cursor } : undefined;
    }
    return pages;
  }
  const bodyOf = (row: Order, customerId: string) =>
    JSON.stringify({ ...created(row), data: { ...created(row).data, customerId } });

  test.each<[string, (row: FailedMessage) => string]>([
    ["key", ({ failedKey }) => failedKey],
    ["part of the key", ({ failedKey }) => failedKey.slice(4, 30)],
    ["event id", ({ eventId = "" }) => eventId],
    ["order id", ({ orderId = "" }) => orderId],
    ["order id in lower case", ({ orderId = "" }) => orderId.toLowerCase()],
    ["error", () => "Stock Row is Locked"],
    ["customer id, which only its body holds", () => "customer-of-4"],
    ["text of its body", () => '"customerid":"customer-of-4"'],
  ])("finds a message by its %s", async (_, textOf) => {
    const all = rows(9, (i) => ({
      body: bodyOf(order(String(i)), `customer-of-${i}`),
      ...(i === 4 ? { errorMessage: "the stock row is locked" } : {}),
    }));
    const wanted = all[4];
    if (wanted === undefined) throw new Error("no such row");

    const pages = await found(textOf(wanted));

    expect(pages.flat()).toEqual([wanted.failedKey]);
  });

  test("finds the messages of an order at once, then others that mention it, each once", async () => {
    const { orderId } = order("wanted");
    const own = parked(rig, order("wanted"), {
      dueAt: new Date(rig.clock.now() + 9_000 * MINUTE).toISOString(),
    });
    rows(700);
    const mention = parked(rig, order("m"), {
      failedKey: "order-created~hash",
      body: `{"broken":"${orderId}"`,
    });
    const { eventId: _, orderId: __, ...unreadable } = mention;
    rig.tables.rows.failed.set(mention.failedKey, unreadable);
    const other = parked(rig, order("o"), {
      failedKey: "order-created~other",
      errorMessage: `no row ${orderId}`,
    });
    rig.calls.length = 0;

    const first = await search(orderId);

    expect(keysOf(first)).toEqual([own.failedKey]);
    expect(rig.calls).not.toContain("failedMessages.list");
    const pages = await found(orderId);
    expect(pages[0]).toEqual([own.failedKey]);
    expect(pages.slice(1).flat().sort()).toEqual([mention.failedKey, other.failedKey].sort());
  });

  test("reads no body for GET /failed-messages, whose callers may not read one", async () => {
    const [row] = rows(1, () => ({ body: "needle", errorMessage: "a thread" }));

    expect((await ops("GET ", { query: { search: "needle" } })).body).toEqual({ items: [] });
    expect(keysOf((await ops("GET ", { query: { search: "Thread" } })).body)).toEqual([row?.failedKey]);
    expect((await found("needle")).flat()).toEqual([row?.failedKey]);
  });

  test("honours status and filters, also for the messages of an order", async () => {
    const { orderId } = order("wanted");
    parked(rig, order("wanted"), {}, "DISCARDED");

    expect((await found(orderId)).flat()).toEqual([]);
    expect((await found(orderId, { status: "DISCARDED", consumer: "notify-customer" })).flat()).toEqual([]);
    expect((await found(orderId, { status: "DISCARDED" })).flat()).toHaveLength(1);
  });

  test("reads at most 2,000 bodies for one response, and continues by its cursor", async () => {
    const all = rows(4_500, (i) => ({ body: i === 4_400 ? "needle" : "hay" }));
    rig.calls.length = 0;

    const pages = await found("needle");

    expect(pages).toEqual([[], [], [all[4_400]?.failedKey]]);
    const reads = rig.calls.filter((call) => call === "failedMessages.getMany").length;
    expect(reads).toBeLessThanOrEqual(45 + pages.length);
  });

  test.each(["", "   ", "a\u0000", "x".repeat(201)])("refuses %j with 400", async (text) => {
    expect((await ops("GET ", { query: { search: text } })).status).toBe(400);
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
