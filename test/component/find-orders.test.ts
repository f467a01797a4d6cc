import { beforeEach, describe, expect, test } from "vitest";
import { order } from "../fixtures/events.ts";
import { operator } from "./operator-api.ts";
import { newRig, type Rig } from "./rig.ts";
import { put } from "./rig-rows.ts";

let rig: Rig;
beforeEach(() => {
  rig = newRig();
});

const list = (query: Readonly<Record<string, string>> = {}) => operator("GET /orders", { query });
const idsIn = (body: unknown) =>
  (body as { items: { orderId: string }[] }).items.map(({ orderId }) => orderId);

/** Orders a second apart, of two customers in turns. */
const placed = (count: number) =>
  Array.from({ length: count }, (_, i) =>
    put(
      order(`o${i}`, {
        customerId: i % 2 === 0 ? "ada" : "grace",
        createdAt: new Date(rig.clock.now() + i * 1_000).toISOString(),
      }),
    ),
  );

describe("GET /orders", () => {
  test("returns the orders of a customer as the API shows them, without their contacts", async () => {
    const rows = placed(4);

    const { status, body } = await list({ customerId: "grace" });

    expect(status).toBe(200);
    expect(idsIn(body)).toEqual([rows[1]?.orderId, rows[3]?.orderId]);
    expect(body).toMatchObject({ foundBy: "scan", readUnits: 4 });
    expect(JSON.stringify(body)).not.toContain("@");
  });

  test("reads pages without a match until it has found the limit, and continues with a cursor", async () => {
    const rows = placed(60);
    const last = rows.slice(-3).map(({ createdAt }) => createdAt);

    const first = await list({ from: last[0] ?? "", limit: "2" });
    const { cursor = "" } = first.body as { cursor?: string };
    const second = await list({ from: last[0] ?? "", limit: "2", cursor });

    expect([...idsIn(first.body), ...idsIn(second.body)]).toEqual(
      rows.slice(-3).map(({ orderId }) => orderId),
    );
    expect(second.body).not.toHaveProperty("cursor");
  });

  test("ends an answer after a bounded number of read units, with a cursor and without an order", async () => {
    placed(1_100);

    const { body } = await list({ customerId: "unknown-1" });

    expect(body).toMatchObject({ items: [], readUnits: 1_000, cursor: expect.any(String) });
  });

  test("ends an answer after some seconds", async () => {
    placed(40);
    rig.faults.after = (call) => {
      if (call === "finder.find") rig.clock.advance(4_500);
    };

    const { body } = await list({ customerId: "unknown-1" });

    expect(body).toMatchObject({ items: [], readUnits: 10, cursor: expect.any(String) });
  });

  test("finds PENDING orders by their index", async () => {
    placed(3);

    expect((await list({ status: "PENDING" })).body).toMatchObject({ foundBy: "pending-index" });
  });

  test("takes a time with or without milliseconds", async () => {
    const [first] = placed(2);
    const time = first?.createdAt ?? "";

    for (const each of [time, time.replace(".000Z", "Z"), time.replace("Z", "000000Z")])
      expect(idsIn((await list({ from: each, to: each })).body)).toEqual([first?.orderId]);
  });

  test.each([
    [{ status: "LOST" }, "status"],
    [{ customerId: "a b" }, "customerId"],
    [{ from: "yesterday" }, "from"],
    [{ to: "2026-02-30T00:00:00Z" }, "to"],
    [{ limit: "0" }, "limit"],
    [{ limit: "101" }, "limit"],
    [{ cursor: "made-up" }, "cursor"],
    [{ customer: "ada" }, "customer"],
  ])("K8: refuses %j and names the parameter", async (query, name) => {
    const { status, body } = await list(query as Readonly<Record<string, string>>);

    expect(status).toBe(400);
    expect((body as { detail: string }).detail).toContain(name);
  });
});
