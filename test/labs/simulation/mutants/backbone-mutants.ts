import { CALM, type FaultProfile } from "../fault-profile.ts";
import type { Mutant } from "../simulated-system.ts";

const BUSY: FaultProfile = { ...CALM, haste: 0.03, error: 0.04, topic: 0.1, duplicate: 0.1 };

/** What must not happen on the way from one backbone to the other. */
export const BACKBONE_MUTANTS: readonly Mutant[] = [
  {
    name: "backbones: from Kafka to the queues in one step",
    faultProfile: { ...BUSY, processing: "kafka", moves: ["queues"] },
  },
  {
    name: "backbones: nobody waits in the step between",
    blunder: "waits for nothing",
    faultProfile: { ...BUSY, processing: "kafka", moves: ["both", "queues"] },
  },
  {
    name: "backbones: only the topic is waited for, and not what is on its way there",
    blunder: "waits for the topic alone",
    faultProfile: { ...BUSY, crash: 0.1, processing: "kafka", moves: ["both", "queues"] },
  },
  {
    name: "backbones: the topic is read from its end",
    blunder: "reads the topic from its end",
    faultProfile: { ...BUSY, processing: "queues", moves: ["both", "kafka"] },
  },
  {
    name: "backbones: queues that get nothing more are not read any more",
    blunder: "leaves the queues",
    faultProfile: { ...BUSY, processing: "both", moves: ["kafka"] },
  },
];
