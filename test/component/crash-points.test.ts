import { describe, expect, test } from "vitest";
import { line, request } from "../fixtures/events.ts";
import { type Answer, cancel, count, orderIn, place } from "./api.ts";
import { simulateQueues } from "./queue-simulator.ts";
import { newRig, type Rig } from "./rig.ts";

/** Repeats a request until it has a response. */
async function untilAnswered(send: () => Promise<Answer>): Promise<Answer> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const answer = await send().catch(() => undefined);
    if (answer !== undefined && answer.status < 500) return answer;
  }
  throw new Error("No response to five requests.");
}

const POISON = "{";

/**
 * Three orders of a SKU with 5 units: one is confirmed and then cancelled, one is confirmed, one is too large. One
 * message is malformed. Each event is delivered `deliveries` times.
 */
async function scenario(rig: Rig, deliveries: number) {
  const simulation = simulateQueues(rig, deliveries);
  await untilAnswered(() => count("TEA-1", 5));
  const [first, second, third] = [2, 3, 6].map((quantity) => request({ lines: [line({ quantity })] }));
  const a = orderIn(await untilAnswered(() => place(first ?? request(), "a")));
  await simulation.drain();
  await untilAnswered(() => cancel(a.orderId));
  const b = orderIn(await untilAnswered(() => place(second ?? request(), "b")));
  const c = orderIn(await untilAnswered(() => place(third ?? request(), "c")));
  simulation.send("order-created", POISON);
  await simulation.drain();
  return [a, b, c].map(({ orderId }) => orderId);
}

const MODES = [
  "the call fails before",
  "the reply is lost after",
  "the function dies before",
  "the function dies after",
] as const;

/** Fails the n-th call of a port; a crashed function makes no further call. */
function breakCall(rig: Rig, n: number, mode: (typeof MODES)[number]): { wasReached(): boolean } {
  // Started and applied calls are counted apart, because concurrent calls can end in another order.
  let begun = 0;
  let applied = 0;
  let wasReached = false;
  const fail = () => {
    wasReached = true;
    rig.isDead = dies;
    throw new Error(`broken: ${mode}`);
  };
  const dies = mode.startsWith("the function dies");
  rig.faults.before = () => {
    begun += 1;
    if (begun === n && mode.endsWith("before")) fail();
  };
  rig.faults.after = () => {
    applied += 1;
    if (applied === n && mode.endsWith("after")) fail();
  };
  return { wasReached: () => wasReached };
}

function checkInvariants(rig: Rig, orderIds: readonly string[]): void {
  const { rows } = rig.tables;
  const [a, b, c] = orderIds.map((id) => rows.orders.get(id));
  // Stock: the confirmed order holds 3 units, the cancelled one released its 2, the rejected one never held any.
  expect(a).toMatchObject({ status: "CANCELLED" });
  expect(a?.stockHeld).not.toBe(true);
  expect(b).toMatchObject({ status: "CONFIRMED", version: 2, stockHeld: true });
  expect(c).toMatchObject({ status: "REJECTED", version: 2, reason: { code: "OUT_OF_STOCK" } });
  expect(rows.stock.get("TEA-1")).toEqual({ sku: "TEA-1", onHand: 5, held: 3, available: 2 });
  expect(rows.orders.size).toBe(3);
  // No mail twice; an unsent mail is superseded or open to an operator.
  const subjects = rig.mailer.outbox.map(({ subject }) => subject);
  expect(new Set(subjects).size).toBe(subjects.length);
  const [poison, ...others] = [...rows.failed.values()].sort((x) => (x.body === POISON ? -1 : 1));
  expect(poison).toMatchObject({
    body: POISON,
    reason: "MALFORMED_JSON",
    status: "OPEN",
    consumer: "order-created",
  });
  const open = others.filter(({ status }) => status === "OPEN");
  for (const row of open)
    expect(row).toMatchObject({ consumer: "notify-customer", reason: "OUTCOME_UNKNOWN" });
  for (const row of [a, b, c]) {
    const isTold = subjects.some((subject) => subject.includes(row?.orderId ?? "-"));
    expect(isTold || open.some(({ orderId }) => orderId === row?.orderId)).toBe(true);
  }
}

test("without faults every order reaches its final status, every mail is sent, and only the poison stays open", async () => {
  const rig = newRig();

  checkInvariants(rig, await scenario(rig, 1));

  expect(rig.mailer.outbox).toHaveLength(4);
  expect(rig.tables.rows.failed.size).toBe(1);
});

describe.each(MODES)("C8: at every call of a port, %s it is applied", (mode) => {
  test.each([1, 2])(
    "A6, A8, A11, B6, D8, D9: nothing is lost or done twice when each event is delivered %i times",
    async (deliveries) => {
      let n = 0;
      for (let wasReached = true; wasReached; ) {
        n += 1;
        const rig = newRig();
        const broken = breakCall(rig, n, mode);

        const orderIds = await scenario(rig, deliveries);

        wasReached = broken.wasReached();
        try {
          checkInvariants(rig, orderIds);
        } catch (error) {
          throw new Error(`call ${n} (${rig.calls[n - 1]}): ${(error as Error).message}`, { cause: error });
        }
      }
      // Fewer calls would mean that the loop ended early.
      expect(n).toBeGreaterThan(25);
    },
  );
});

test("C14: a message that always fails is attempted a bounded number of times, then one row is open", async () => {
  const rig = newRig();
  const simulation = simulateQueues(rig);
  rig.faults.before = (name) => {
    if (name === "orderStockStore.reserve") throw new Error("always");
  };
  await place(request(), "a");

  await simulation.drain();

  // 5 receives, and 5 more after each of the 3 retries.
  expect(rig.calls.filter((name) => name === "orderStockStore.reserve")).toHaveLength(20);
  expect([...rig.tables.rows.failed.values()]).toMatchObject([
    { status: "OPEN", reason: "RETRIES_EXHAUSTED", errorMessage: "always", consumer: "order-created" },
  ]);
});
