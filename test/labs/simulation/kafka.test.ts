import { describe, expect, it } from "vitest";
import { type FaultProfile, NO_FAULTS } from "./fault-profile.ts";
import { schedulesIn } from "./schedules-in.ts";

const RUNS = 150;

const kafkaIn = (faultProfile: Partial<FaultProfile>) =>
  schedulesIn({ ...NO_FAULTS, processing: ["kafka"], ...faultProfile }, RUNS);

describe("Kafka without faults", () => {
  it("I11, F4, F5, F6: delivers each record once, beside tombstones, foreign keys and poison", async () => {
    const { violations, counters } = await kafkaIn({ poison: 0.3 });

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
    const { violations, counters } = await kafkaIn(faultProfile);

    expect(violations).toEqual([]);
    expect(counters.lost).toBe(0);
    expect(counters.reread).toBeGreaterThan(10);
  });

  it("F2, F12: keeps given-up records although the dead-letter topic refuses and the store is down", async () => {
    const { violations, counters } = await kafkaIn({
      outages: ["orderStockStore", "failedMessages"],
      topic: 0.2,
      poison: 0.3,
    });

    expect(violations).toEqual([]);
    expect(counters.lost).toBe(0);
    expect(counters.givenUp).toBeGreaterThan(10);
  });

  it("F9: has one effect for an event from both a queue and Kafka", async () => {
    const { violations, counters } = await kafkaIn({
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
