import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { created, order } from "../fixtures/events.ts";
import { ops, parked, redrive, redriveMany, together } from "./operator-api.ts";
import { simulateQueues } from "./queue-simulator.ts";
import { invoke, newRig, type Rig } from "./rig.ts";

const MODES = ["fails before", "loses the reply after", "dies before", "dies after"] as const;
type Mode = (typeof MODES)[number];

/** Fails the n-th call of a port from now on; returns whether it was reached. */
function breakCall(rig: Rig, n: number, mode: Mode): () => boolean {
  // Calls and replies are counted apart, because some calls are concurrent.
  let calls = 0;
  let answers = 0;
  let wasReached = false;
  const fail = () => {
    wasReached = true;
    rig.isDead = mode.startsWith("dies");
    throw new Error(`broken: ${mode}`);
  };
  rig.faults.before = () => {
    calls += 1;
    if (calls === n && mode.endsWith("before")) fail();
  };
  rig.faults.after = () => {
    answers += 1;
    if (answers === n && mode.endsWith("after")) fail();
  };
  return () => wasReached;
}

function repair(rig: Rig): void {
  rig.faults.before = () => {};
  rig.faults.after = () => {};
}

const row = order("1");

/** An order whose creation is parked, by its consumer or by the publisher. */
async function newRigWithParked(consumer = "order-created") {
  const rig = newRig();
  rig.tables.rows.orders.set(row.orderId, row);
  await rig.tables.stock.count("TEA-1", 5);
  const { failedKey } = parked(rig, row, { consumer, failedKey: `${consumer}~${created(row).id}` });
  return { rig, failedKey, simulation: simulateQueues(rig) };
}

/** An operator action on one message, repeated until it succeeds. */
const ACTS: readonly (readonly [name: string, act: (key: string) => Promise<{ status: number }>])[] = [
  ["redrive", (key) => redrive(key)],
  [
    "edit",
    (key) => ops("POST /{failedKey}/edit", { key, body: { body: JSON.stringify(created(row)), why: "w" } }),
  ],
  ["a redrive of many", () => redriveMany()],
];

describe.each(ACTS)("E2, E3, E10: %s, with a fault at each of its calls", (_, act) => {
  const cases = MODES.flatMap((mode) =>
    ["order-created", "publish-events"].map((from) => [mode, from] as const),
  );

  test.each(cases)("when the function %s it, of a message that %s parked", async (mode, from) => {
    let n = 1;
    for (; n < 100; n++) {
      const { rig, failedKey, simulation } = await newRigWithParked(from);
      const wasReached = breakCall(rig, n, mode);
      await act(failedKey).catch(() => undefined);
      repair(rig);
      if (!wasReached()) break;
      // The operator reads again, and redrives open messages again.
      for (let i = 0; i < 3 && rig.tables.rows.failed.get(failedKey)?.status !== "RESOLVED"; i++) {
        await simulation.drain();
        await act(failedKey);
      }
      await simulation.drain();

      const at = `call ${n}: ${rig.calls.join(", ")}`;
      expect(rig.tables.rows.orders.get(row.orderId), at).toMatchObject({ status: "CONFIRMED", version: 2 });
      expect(rig.tables.rows.stock.get("TEA-1"), at).toMatchObject({ held: 1, available: 4 });
      expect(
        [...rig.tables.rows.failed.values()].map(({ status }) => status),
        at,
      ).toEqual(["RESOLVED"]);
      expect(rig.mailer.outbox.length, at).toBe(1);
    }
    expect(n).toBeGreaterThan(4);
  });
});

describe("operator actions while calls fail", () => {
  type Step =
    | { readonly kind: "redrive" | "discard" | "undo" | "many" | "twice" }
    | { readonly kind: "break"; readonly call: number; readonly mode: Mode }
    | { readonly kind: "work" | "mend" | "hour" | "store down" };

  const kinds = [
    "redrive",
    "discard",
    "undo",
    "many",
    "twice",
    "work",
    "mend",
    "hour",
    "store down",
  ] as const;
  const consumers = fc.constantFrom("order-created", "publish-events");
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.constantFrom(...kinds).map((kind): Step => ({ kind })),
    fc.record({
      kind: fc.constant("break" as const),
      call: fc.integer({ min: 1, max: 12 }),
      mode: fc.constantFrom(...MODES),
    }),
  );

  /** The fifth call after the redrive is the mailer's. */
  const MAIL_IN_DOUBT: [string, Step[]] = [
    "publish-events",
    [
      { kind: "redrive" },
      { kind: "break", call: 5, mode: "fails before" },
      { kind: "work" },
      { kind: "work" },
    ],
  ];

  async function take(
    step: Step,
    { rig, failedKey, simulation }: Awaited<ReturnType<typeof newRigWithParked>>,
  ) {
    switch (step.kind) {
      case "redrive":
        return redrive(failedKey);
      case "twice":
        return together(
          () => redrive(failedKey),
          () => redrive(failedKey),
        );
      case "discard":
      case "undo":
        return ops(`POST /{failedKey}/${step.kind}`, { key: failedKey, body: { why: "w" } });
      case "many":
        return redriveMany();
      case "break":
        return breakCall(rig, step.call, step.mode);
      case "work":
        return simulation.step();
      case "store down":
        rig.faults.before = (call) => {
          if (call.startsWith("failedMessages.")) throw new Error("The failed-message store is down.");
        };
        return undefined;
      case "mend":
        return repair(rig);
      case "hour":
        rig.clock.advance(3_600_000);
        return invoke("maintenance", {});
    }
  }

  test("no effect is lost or duplicated, and no row stays in progress", async () => {
    await fc.assert(
      fc.asyncProperty(consumers, fc.array(step, { maxLength: 14 }), async (consumer, steps) => {
        const setting = await newRigWithParked(consumer);
        const { rig, failedKey, simulation } = setting;
        for (const each of steps) await take(each, setting).catch(() => undefined);
        repair(rig);
        await simulation.drain();

        expect(["OPEN", "RESOLVED", "DISCARDED"]).toContain(rig.tables.rows.failed.get(failedKey)?.status);
        if (rig.tables.rows.failed.get(failedKey)?.status === "DISCARDED") {
          await ops("POST /{failedKey}/undo", { key: failedKey, body: { why: "w" } });
        }
        for (let i = 0; i < 3; i++) {
          await redrive(failedKey);
          await simulation.drain();
        }
        expect(rig.tables.rows.failed.get(failedKey)?.status).toBe("RESOLVED");
        expect(rig.tables.rows.orders.get(row.orderId)).toMatchObject({ status: "CONFIRMED", version: 2 });
        expect(rig.tables.rows.stock.get("TEA-1")).toMatchObject({ held: 1, available: 4 });
        // A call of the mailer that fails leaves the mail in doubt: an operator decides about it.
        const isInDoubt = [...rig.tables.rows.failed.values()].some(
          ({ reason, status }) => reason === "OUTCOME_UNKNOWN" && status === "OPEN",
        );
        expect(rig.mailer.outbox.length).toBeOneOf(isInDoubt ? [0, 1] : [1]);
        expect([...rig.jobs.jobs.values()].filter(({ status }) => status === "RUNNING")).toEqual([]);
      }),
      { numRuns: 100, examples: [MAIL_IN_DOUBT] },
    );
  });
});
