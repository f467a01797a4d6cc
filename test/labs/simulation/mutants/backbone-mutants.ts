import { type FaultProfile, NO_FAULTS } from "../fault-profile.ts";
import type { Mutant } from "../simulated-system.ts";

const BUSY: FaultProfile = { ...NO_FAULTS, clockJump: 0.03, error: 0.04, topic: 0.1, duplicate: 0.1 };

const BOTH = ["queues", "kafka"] as const;

/** Mutants of the change between backbones. */
export const BACKBONE_MUTANTS: readonly Mutant[] = [
  {
    name: "backbones: from Kafka to the queues in one step",
    faultProfile: { ...BUSY, processing: ["kafka"], moves: [["queues"]] },
  },
  {
    name: "backbones: no wait in the intermediate step",
    migrationMistake: "waits for nothing",
    faultProfile: { ...BUSY, processing: ["kafka"], moves: [BOTH, ["queues"]] },
  },
  {
    name: "backbones: waits for the topic only, not for events on their way to it",
    migrationMistake: "waits for the topic alone",
    faultProfile: { ...BUSY, crash: 0.1, processing: ["kafka"], moves: [BOTH, ["queues"]] },
  },
  {
    name: "backbones: the topic is read from its end",
    migrationMistake: "reads the topic from its end",
    faultProfile: { ...BUSY, processing: ["queues"], moves: [BOTH, ["kafka"]] },
  },
  {
    name: "backbones: queues without new messages are no longer read",
    migrationMistake: "leaves the queues",
    faultProfile: { ...BUSY, processing: BOTH, moves: [["kafka"]] },
  },
  {
    name: "backbones: suspects of RabbitMQ are read only while it processes",
    migrationMistake: "leaves the suspects",
    faultProfile: {
      ...BUSY,
      crash: 0.1,
      brokerKill: 0.1,
      processing: ["rabbitmq", "queues"],
      moves: [["queues"]],
    },
  },
];
