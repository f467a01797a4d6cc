import { beforeEach, describe, expect, test } from "vitest";
import { createFaults, type Faults } from "../../../lib/emulator/faults/fault-switches.ts";
import { functionFaults } from "../../../lib/emulator/faults/function-faults.ts";

const tables = ["order-events-orders", "order-events-stock"];
const functions = ["order-created", "stock"];
let now: number;
let dice: number;
let faults: Faults;

beforeEach(() => {
  now = 1000;
  dice = 0;
  faults = createFaults({
    functions,
    tables,
    clock: { now: () => now },
    elapsed: { now: () => now },
    random: () => dice,
  });
});

test("every target that is listed can be broken, and a broker is listed where the emulator runs it", () => {
  const brokers = ["kafka", "rabbitmq", "rabbitmq-full", "rabbitmq-unbound"] as const;
  const { targets, break: breakTarget } = createFaults({ functions, tables, brokers });

  expect(targets.map((target) => breakTarget(target).text)).toEqual(targets);
  expect(targets).toEqual(expect.arrayContaining([...brokers]));
  expect(faults.targets).not.toContain("kafka");
});

describe("a target", () => {
  test.each([
    ["mail", "mail"],
    ["conflicts", "conflicts"],
    ["order-created", "function:order-created"],
    ["function:stock", "function:stock"],
    ["stock", "function:stock"],
    ["table:stock", "table:order-events-stock"],
    ["table:order-events-orders", "table:order-events-orders"],
    ["orders", "table:order-events-orders"],
  ])("given as %s is %s", (typed, text) => {
    expect(faults.break(typed).text).toBe(text);
  });

  test.each(["nothing", "function:orders", "table:events", "table:nothing", ""])(
    "that is unknown or ambiguous (%s) is refused with the valid targets",
    (typed) => {
      expect(() => faults.break(typed)).toThrow(
        /mail, conflicts, function:order-created.*table:orders, table:stock$/,
      );
      expect(faults.list()).toEqual([]);
    },
  );
});

test("a consumer's own table called as a shared one has a target of its own, and the shared one keeps its target", () => {
  const own = ["order-events-local-award-points-stock", "order-events-local-award-points-orders"];
  const all = [...own, "order-events-local-orders", "order-events-local-stock"];
  const broken = createFaults({ functions: [], tables: all });

  for (const name of ["stock", "orders"]) {
    expect(broken.break(`table:${name}`).text).toBe(`table:order-events-local-${name}`);
    expect(broken.break(`award-points-${name}`).text).toBe(`table:order-events-local-award-points-${name}`);
  }
  expect(() => broken.break("nothing")).toThrow(
    /table:points-stock, table:points-orders, table:orders, table:stock$/,
  );
  expect(() => broken.break("award-points")).toThrow(
    /"award-points" matches table:points-stock, table:points-orders\. Targets: /,
  );
});

test("a broker that this emulator lacks is no target, and its name, or the start of it, names the flag", () => {
  const broken = createFaults({ functions, tables, brokers: ["kafka"] });

  for (const name of ["rabbitmq", "rabbit", "rabbitmq-f"])
    expect(() => broken.break(name)).toThrow(/no broker of its own to break.*--rabbitmq/);
  expect(() => broken.break("nothing")).toThrow(/mail, conflicts, kafka, function:/);
});

test.each(["kafka", "rabbitmq", "rabbitmq-full", "rabbitmq-unbound"] as const)(
  "a rate of %s is refused: it is broken as a whole",
  (broker) => {
    const broken = createFaults({ functions, tables, brokers: [broker] });

    expect(() => broken.break(broker, { rate: 0.5 })).toThrow(
      `${broker} is broken as a whole and takes no rate; received 0.5`,
    );
    expect(broken.list()).toEqual([]);
  },
);

test.each(["rabbitmq", "rabbitmq-full", "rabbitmq-unbound"])(
  "%s on an emulator without a broker is rejected with the command that starts one",
  (broker) => {
    expect(() => faults.break(broker)).toThrow("npm start -- --rabbitmq");
  },
);

test("kafka on an emulator without a broker is rejected with the command that starts one", () => {
  expect(() => faults.break("kafka")).toThrow("npm start -- --kafka");
});

describe("a fault", () => {
  test("affects its target only", () => {
    faults.break("stock");

    expect(faults.strikes({ kind: "function", name: "stock" })).toBe(true);
    expect(faults.strikes({ kind: "function", name: "order-created" })).toBe(false);
    expect(faults.strikes({ kind: "mail" })).toBe(false);
  });

  test("affects the share of calls of its rate", () => {
    faults.break("mail", { rate: 0.3 });

    dice = 0.29;
    expect(faults.strikes({ kind: "mail" })).toBe(true);
    dice = 0.3;
    expect(faults.strikes({ kind: "mail" })).toBe(false);
  });

  test("ends after its time", () => {
    faults.break("mail", { forMs: 500 });

    now = 1499;
    expect(faults.isOn("mail")).toBe(true);
    now = 1500;
    expect(faults.strikes({ kind: "mail" })).toBe(false);
    expect(faults.isOn("mail")).toBe(false);
    expect(faults.list()).toEqual([]);
  });

  test("K10: ends after its time, also when the wall clock was set back", () => {
    let wall = 5_000_000;
    let passed = 0;
    faults = createFaults({
      functions,
      tables,
      clock: { now: () => wall },
      elapsed: { now: () => passed },
    });
    faults.break("mail", { forMs: 500 });

    wall -= 3_600_000;
    passed = 499;
    const during = faults.isOn("mail");
    passed = 500;

    expect(during).toBe(true);
    expect(faults.isOn("mail")).toBe(false);
  });

  test("is replaced by a second one on the same target", () => {
    faults.break("mail", { rate: 0.5, forMs: 10 });
    faults.break("mail");

    expect(faults.list()).toEqual([{ target: { kind: "mail" }, text: "mail", rate: 1 }]);
  });

  test("is repaired alone, or with all others", () => {
    faults.break("mail");
    faults.break("conflicts");
    faults.break("stock");

    expect(faults.mend("mail").map(({ text }) => text)).toEqual(["mail"]);
    expect(faults.list().map(({ text }) => text)).toEqual(["conflicts", "function:stock"]);
    expect(faults.mend("all")).toHaveLength(2);
    expect(faults.list()).toEqual([]);
    expect(faults.mend("mail")).toEqual([]);
  });

  test("of more than seven days is refused", () => {
    expect(() => faults.break("mail", { forMs: 8 * 86_400_000 })).toThrow("at most 7 days");
  });

  test.each([{ rate: 0 }, { rate: 1.1 }, { rate: Number.NaN }, { forMs: 0 }, { forMs: -1 }])(
    "with the settings %o is refused",
    (settings) => {
      expect(() => faults.break("mail", settings)).toThrow("above 0");
    },
  );
});

describe("a broken function", () => {
  test("that fails at every call never runs its handler", () => {
    faults.break("stock");

    expect(functionFaults(faults, () => 0.5)("stock")).toEqual({ kind: "error" });
  });

  test("that fails at some calls fails before its handler or crashes in it, equally often", () => {
    // The first random number decides whether the call fails; the second decides how.
    const rolls = createFaults({ functions: ["stock"], tables: [], random: () => 0 });
    rolls.break("stock", { rate: 0.9 });

    expect(functionFaults(rolls, () => 0.4)("stock")).toEqual({ kind: "error" });
    expect(functionFaults(rolls, () => 0.5)("stock")).toEqual({ kind: "kill", afterMs: 15 });
  });

  test("does not affect other functions", () => {
    faults.break("stock");

    expect(functionFaults(faults)("order-created")).toBeUndefined();
  });
});
