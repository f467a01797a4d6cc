import { describe, expect, it } from "vitest";
import { added, type Counters, NO_COUNTERS } from "./counters.ts";
import { type FaultProfile, NO_FAULTS } from "./fault-profile.ts";
import { runSchedule } from "./schedule.ts";

const RUNS = 150;

/** The counters and violations of the schedules of one fault profile. */
async function schedulesIn(faultProfile: Partial<FaultProfile>) {
  const violations: string[] = [];
  let counters: Counters = NO_COUNTERS;
  for (let seed = 1; seed <= RUNS; seed++) {
    const result = await runSchedule({
      seed,
      faultProfile: { ...NO_FAULTS, processing: ["kafka"], ...faultProfile },
    });
    if (result.violation !== undefined) violations.push(`seed ${seed}: ${result.violation.message}`);
    counters = added(counters, result.counters ?? NO_COUNTERS);
  }
  return { violations, counters };
}

describe("Kafka without faults", () => {
  it("I11, F4, F5, F6: delivers each record once, beside tombstones, foreign keys and poison", async () => {
    const { violations, counters } = await schedulesIn({ poison: 0.3 });

    expect(violations).toEqual([]);
    expect(counters).toMatchObject({ lost: 0, reread: 0, givenUp: 0 });
    expect(counters.ok).toBeGreaterThan(RUNS);
  });
});

describe("Kafka with faults", () => {
  it.each<[string, Partial<FaultProfile>]>([
    ["F1: commits are refused and the group rebalances", { ackLost: 0.3, rebalance: 0.5 }],
    ["F3: records fail between others that succeed", { error: 0.25 }],
    ["F7: the reply to a write to the topic is lost", { lost: 0.15, twice: 0.2 }],
    ["I16: functions crash, time out and continue as zombies", { crash: 0.08, zombie: 0.5 }],
  ])("has each effect once although records are delivered again, when %s", async (_, faultProfile) => {
    const { violations, counters } = await schedulesIn(faultProfile);

    expect(violations).toEqual([]);
    expect(counters.lost).toBe(0);
    expect(counters.reread).toBeGreaterThan(10);
  });

  it("F2, F12: keeps given-up records although the dead-letter topic refuses and the store is down", async () => {
    const { violations, counters } = await schedulesIn({
      outages: ["orderStockStore", "failedMessages"],
      topic: 0.2,
      poison: 0.3,
    });

    expect(violations).toEqual([]);
    expect(counters.lost).toBe(0);
    expect(counters.givenUp).toBeGreaterThan(10);
  });

  it("F9: has one effect for an event from both a queue and Kafka", async () => {
    const { violations, counters } = await schedulesIn({
      processing: ["queues", "kafka"],
      duplicate: 0.3,
      error: 0.1,
      rebalance: 0.3,
    });

    expect(violations).toEqual([]);
    expect(counters.lost).toBe(0);
    expect(counters.duplicated).toBeGreaterThan(RUNS);
  });
});
