import { BACKBONES } from "../../../lib/settings/backbone-settings.ts";
import type { Route } from "./cloud/backbone.ts";
import type { Processing } from "./cloud/consumers.ts";
import type { Fault, FaultSource } from "./engine/port-calls.ts";
import type { Random } from "./engine/random.ts";
import type { Invocation } from "./engine/scheduler.ts";

/** The faults of one schedule; a number is a probability. */
export interface FaultProfile extends Route {
  readonly error: number;
  readonly lost: number;
  readonly crash: number;
  readonly twice: number;
  readonly invalid: number;
  /** A message is delivered again without a failure, or stays visible while it is handled. */
  readonly duplicate: number;
  /** The function does not start, because it is throttled. */
  readonly throttle: number;
  /** An acknowledged message is not deleted. */
  readonly ackLost: number;
  /** The topic refuses single events, or cannot deliver to a queue. */
  readonly topic: number;
  readonly skew: number;
  readonly zombie: number;
  /** The clock advances while work is in progress. */
  readonly clockJump: number;
  /** Ports with outages. */
  readonly outages: readonly string[];
  /** Bodies that are not events, and events that contradict their order. */
  readonly poison: number;
  readonly operators: number;
  readonly startsInDeadLetters: boolean;
  readonly maxAgeSeconds: number;
  /** Listings of the store are outdated. */
  readonly stale: number;
  /** Length of the order-created queue above which new orders are refused. */
  readonly backlogLimit: number;
  /** A member joins or leaves the consumer group of the Kafka topic. */
  readonly rebalance: number;
  /** The broker of RabbitMQ is killed. */
  readonly brokerKill: number;
  /** A queue or a binding of RabbitMQ is missing for a while. */
  readonly missingPart: number;
  /** The queues of RabbitMQ take one or two messages. */
  readonly hasShortQueues: boolean;
  /** A message that RabbitMQ's consumer cannot handle crashes it each time. */
  readonly killers: number;
  /** A queue loses a message: it is purged, or its retention ends during a pause. */
  readonly purge: number;
}

export const NO_FAULTS: FaultProfile = {
  error: 0,
  lost: 0,
  crash: 0,
  twice: 0,
  invalid: 0,
  duplicate: 0,
  throttle: 0,
  ackLost: 0,
  topic: 0,
  skew: 0,
  zombie: 0,
  clockJump: 0,
  outages: [],
  poison: 0,
  operators: 0,
  startsInDeadLetters: false,
  maxAgeSeconds: 0,
  stale: 0,
  backlogLimit: 10_000,
  processing: ["queues"],
  moves: [],
  rebalance: 0,
  brokerKill: 0,
  missingPart: 0,
  hasShortQueues: false,
  killers: 0,
  purge: 0,
};

/** Concurrent duplicates of most messages, and repeated calls. */
export const HEAVY_FAULTS: FaultProfile = {
  ...NO_FAULTS,
  duplicate: 0.7,
  crash: 0.1,
  twice: 0.35,
  error: 0.2,
};

const PROCESSING: readonly Processing[] = [
  ["queues"],
  ["queues"],
  ["queues"],
  ["queues", "kafka"],
  ["kafka"],
  ["queues", "rabbitmq"],
  ["rabbitmq"],
  ["queues", "kafka", "rabbitmq"],
];
const RATES = [0.01, 0.04, 0.12] as const;
const PORTS = [
  "failedMessages",
  "orderStockStore",
  "orders",
  "notifications",
  "effectOnce",
  "effectMarks",
  "mailer",
  "publisher",
  "queues",
  "jobs",
  "recordTopic",
  "rabbitmq",
] as const;

/** The fault profile of a seed. Each schedule has some kinds of faults only, so that rare pairs occur together. */
export function faultProfileOf(random: Random): FaultProfile {
  const kind = random.below(20);
  const route = routeOf(random);
  if (kind === 0) return { ...NO_FAULTS, ...route };
  if (kind === 1) return { ...NO_FAULTS, ...route, poison: 0.3 };
  if (kind === 2) return { ...HEAVY_FAULTS, ...route, outages: random.chance(0.5) ? ["mailer"] : [] };
  const rate = () => (random.chance(0.5) ? 0 : random.pick(RATES));
  return {
    error: rate(),
    lost: rate(),
    crash: rate() / 2,
    twice: rate(),
    invalid: rate() / 2,
    duplicate: rate() * 2,
    throttle: rate(),
    ackLost: rate() * 2,
    topic: rate() * 2,
    skew: rate() * 2,
    zombie: rate() * 4,
    clockJump: rate() / 4,
    outages: PORTS.filter(() => random.chance(0.2)),
    poison: random.chance(0.3) ? 0.1 : 0,
    operators: random.chance(0.6) ? 1 + random.below(4) : 0,
    startsInDeadLetters: random.chance(0.2),
    maxAgeSeconds: random.chance(0.15) ? 3_600 : 0,
    stale: random.chance(0.3) ? 0.5 : 0,
    backlogLimit: random.chance(0.1) ? 1 : 10_000,
    ...route,
    rebalance: rate() * 2,
    brokerKill: rate() * 2,
    missingPart: rate() * 2,
    hasShortQueues: random.chance(0.1),
    killers: random.chance(0.3) ? 0.5 : 0,
    purge: rate() * 2,
  };
}

/** One in five schedules changes the backbones: each step adds one or removes one, and one at least stays. */
function routeOf(random: Random): Route {
  const processing = random.pick(PROCESSING);
  const moves: Processing[] = [];
  for (let left = random.chance(0.2) ? 1 + random.below(4) : 0; left > 0; left--) {
    const from = moves.at(-1) ?? processing;
    const others = BACKBONES.filter((each) => !from.includes(each));
    const isAdding = from.length === 1 || (others.length > 0 && random.chance(0.5));
    if (isAdding) moves.push([...from, random.pick(others)]);
    else {
      const removed = random.pick(from);
      moves.push(from.filter((each) => each !== removed));
    }
  }
  return { processing, moves };
}

/** Faults by the profile, until they end. */
export function faultsOf(
  faultProfile: FaultProfile,
  random: Random,
  areFaultsOver: () => boolean,
): FaultSource {
  const down = new Set<string>();
  return (call: string, _: Invocation | undefined): Fault => {
    if (areFaultsOver()) return "none";
    const port = call.slice(0, call.indexOf("."));
    if (faultProfile.outages.includes(port)) {
      // Down a third of the calls, in runs of about six.
      if (down.has(port) ? random.chance(0.16) : random.chance(0.08)) {
        if (!down.delete(port)) down.add(port);
      }
      if (down.has(port)) return "error";
    }
    const roll = random.next();
    let sum = faultProfile.error;
    if (roll < sum) return "error";
    sum += faultProfile.lost;
    if (roll < sum) return "lost";
    sum += faultProfile.crash;
    if (roll < sum) return roll < sum - faultProfile.crash / 2 ? "crash-before" : "crash-after";
    sum += faultProfile.twice;
    if (roll < sum) return "twice";
    sum += port === "orderStockStore" ? faultProfile.invalid : 0;
    return roll < sum ? "invalid" : "none";
  };
}
