import { describe, expect, it } from "vitest";
import { type FaultProfile, NO_FAULTS } from "./fault-profile.ts";
import { schedulesIn } from "./schedules-in.ts";

const RUNS = 50;
const rabbitIn = (faultProfile: Partial<FaultProfile>) =>
  schedulesIn({ ...NO_FAULTS, processing: ["rabbitmq"], ...faultProfile }, RUNS);

describe("RabbitMQ without faults", () => {
  it("R1, R10: delivers each message once, beside poison and forged headers", async () => {
    const { violations, counters } = await rabbitIn({ poison: 0.3 });

    expect(violations).toEqual([]);
    expect(counters).toMatchObject({ lost: 0, requeued: 0 });
    expect(counters.ok).toBeGreaterThan(RUNS);
  });
});

describe("RabbitMQ with faults", () => {
  it.each<[string, keyof Awaited<ReturnType<typeof rabbitIn>>["counters"], Partial<FaultProfile>]>([
    ["R2: messages fail, and wait in retry queues", "ok", { error: 0.25 }],
    ["R3: functions crash, time out and continue as zombies", "requeued", { crash: 0.08, zombie: 0.5 }],
    ["R4: copies are refused, unanswered or made twice", "requeued", { lost: 0.15, twice: 0.2, topic: 0.1 }],
    ["R6: queues are full", "ok", { hasShortQueues: true, error: 0.1 }],
    ["R7: messages expire", "deadLettered", { clockJump: 0.1, error: 0.1, duplicate: 0.2 }],
    ["R8: bindings and queues are missing", "ok", { missingPart: 0.4, error: 0.1 }],
    ["R9: the broker is killed", "killed", { brokerKill: 0.4, ackLost: 0.3 }],
  ])("loses nothing, and has each effect once, when %s", async (_, seen, faultProfile) => {
    const { violations, counters } = await rabbitIn({ poison: 0.1, ...faultProfile });

    expect(violations).toEqual([]);
    expect(counters.lost).toBe(0);
    expect(counters[seen]).toBeGreaterThan(10);
  });

  it("R5: handles the neighbours of a message that crashes the function each time", async () => {
    const { violations, counters } = await rabbitIn({ poison: 0.5, killers: 1 });

    expect(violations).toEqual([]);
    expect(counters.suspected).toBeGreaterThan(10);
  });

  it("R11: has one effect for an event that comes by three backbones", async () => {
    const { violations, counters } = await rabbitIn({
      processing: ["queues", "kafka", "rabbitmq"],
      duplicate: 0.3,
      error: 0.1,
    });

    expect(violations).toEqual([]);
    expect(counters.duplicated).toBeGreaterThan(RUNS);
  });

  it("R11: leaves nothing behind where it is added, and taken away again, under load", async () => {
    const { violations, counters } = await rabbitIn({
      processing: ["queues"],
      moves: [["queues", "rabbitmq"], ["rabbitmq"], ["rabbitmq", "kafka"], ["kafka"], ["kafka", "queues"]],
      clockJump: 0.03,
      error: 0.05,
      crash: 0.03,
    });

    expect(violations).toEqual([]);
    expect(counters.moved).toBeGreaterThan(RUNS);
  });
});
