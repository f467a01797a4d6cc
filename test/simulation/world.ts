import { ATTRIBUTES, type QueueConsumer, SUBSCRIPTIONS } from "../../functions/contract/names.ts";
import { eventOfChange } from "../../functions/domain/order.ts";
import type { CrashedBatch } from "../../functions/ports/crashed-batches.ts";
import type { Queues } from "../../functions/ports/queues.ts";
import { type MemoryRedriveJobs, memoryRedriveJobs } from "../fakes/memory-redrive-jobs.ts";
import { type MemoryTables, memoryTables } from "../fakes/memory-tables.ts";
import { ownedClaims } from "./cloud/claims.ts";
import { watchedFailedMessages, withStaleLists } from "./cloud/failed-rows.ts";
import { type Mailbox, mailbox, mailErrors } from "./cloud/mailbox.ts";
import { type Copy, type SimQueue, simQueue } from "./cloud/queue.ts";
import { newShard, type Shard, type StreamRow } from "./cloud/stream.ts";
import { simTopic, topicErrors } from "./cloud/topic.ts";
import { type LambdaHost, lambdaHost } from "./engine/lambda-host.ts";
import { type FaultSource, type PortCalls, portCalls } from "./engine/port-calls.ts";
import { type Random, seeded } from "./engine/random.ts";
import { newScheduler, type Scheduler } from "./engine/scheduler.ts";
import type { Trace } from "./engine/trace.ts";
import { type Facts, newFacts } from "./facts.ts";
import { type Functions, functionsOf } from "./functions.ts";
import { type Attempts, newAttempts } from "./invariants/attempts.ts";
import { watchedExpiry } from "./invariants/expiry.ts";
import { watchedLedger } from "./invariants/groups.ts";
import { MAX_RECEIVE_COUNT, type Parts, type Ports, partsOf, queueUrlOf } from "./parts.ts";
import { holds } from "./violation.ts";
import { faultsOf, type Weather } from "./weather.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const START = Date.UTC(2026, 0, 1, 12);
export const CONSUMER_TIMEOUT_MS = 30_000;
export const QUEUE_CONSUMERS = Object.keys(SUBSCRIPTIONS) as QueueConsumer[];

export interface ConsumerQueues {
  readonly consumer: QueueConsumer;
  readonly source: SimQueue;
  readonly deadLetters: SimQueue;
  readonly undelivered: SimQueue;
}

/** A wrong protocol: one thing exchanged, in the tables or in what the functions are made of. */
export interface Mutant {
  readonly name: string;
  readonly tables?: (tables: MemoryTables, now: () => number) => MemoryTables;
  readonly parts?: (parts: Parts) => Parts;
  /** Anybody may take back anybody's claim of a mail. */
  readonly isOwnerless?: boolean;
  /** The weather it shows in, where it is too rare in any. */
  readonly weather?: Weather;
}

export interface World {
  readonly seed: number;
  readonly weather: Weather;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly host: LambdaHost;
  readonly tables: MemoryTables;
  readonly redriveJobs: MemoryRedriveJobs["jobs"];
  readonly queues: readonly ConsumerQueues[];
  readonly shards: readonly Shard[];
  readonly mailbox: Mailbox;
  /** Stream batches that the mapping gave up on, by object key. */
  readonly crashed: Map<string, readonly StreamRow[]>;
  readonly facts: Facts;
  readonly attempts: Attempts;
  readonly parts: Parts;
  readonly functions: Functions;
  /** What the functions wrote to their logs. */
  readonly log: string[];
  /** True once faults are over: from then on everything has to come to rest. */
  hasCleared: boolean;
  readonly calls: PortCalls;
}

export interface WorldOptions {
  readonly seed: number;
  readonly weather: Weather;
  readonly trace: Trace;
  readonly mutant?: Mutant | undefined;
  /** Instead of what the weather brings. */
  readonly faults?: FaultSource;
}

export function newWorld({ seed, weather, trace, mutant, faults }: WorldOptions): World {
  const random = seeded(seed);
  const scheduler = newScheduler(random, seeded(seed + 0x5bd1e995), trace, START);
  const host = lambdaHost(scheduler);
  const now = scheduler.now;
  const real = memoryTables(now);
  const tables = mutant?.tables?.(real, now) ?? real;
  const shards = random.chance(0.5) ? [newShard()] : [newShard(), newShard()];
  const facts = newFacts(real, shards, now);
  const mails = mailbox();
  const redriveJobs = memoryRedriveJobs();
  const crashed: World["crashed"] = new Map();
  const log: string[] = [];
  const hasCleared = () => world.hasCleared;
  const rate = (probability: number) => (world.hasCleared ? 0 : probability);
  let ids = 0;
  const nextId = () => `${++ids}`;

  const queues = QUEUE_CONSUMERS.map((consumer): ConsumerQueues => {
    const role = new Map<SimQueue, "source" | "dead">();
    const watch = {
      now,
      random,
      nextId,
      added(queue: SimQueue, copy: Copy, isMoved: boolean) {
        facts.count(consumer, copy, 1);
        attempts.added(consumer, copy, isMoved ? "moved" : (role.get(queue) ?? "dead"));
      },
      removed: (_: SimQueue, copy: Copy) => facts.count(consumer, copy, -1),
    };
    const dead = { visibilityMs: 6 * CONSUMER_TIMEOUT_MS, retentionMs: 14 * DAY_MS };
    const deadLetters = simQueue({ ...dead, name: `${consumer}-dead` }, watch);
    const undelivered = simQueue({ ...dead, name: `${consumer}-undelivered` }, watch);
    const source = simQueue(
      {
        name: consumer,
        visibilityMs: 6 * CONSUMER_TIMEOUT_MS,
        retentionMs: 4 * DAY_MS,
        maxReceiveCount: MAX_RECEIVE_COUNT,
        deadLetters,
      },
      watch,
    );
    role.set(source, "source");
    return { consumer, source, deadLetters, undelivered };
  });
  const of = (name: QueueConsumer) => queues.find(({ consumer }) => consumer === name) as ConsumerQueues;

  const queuePort: Queues = {
    async send({ queueUrl, body, attributes, delaySeconds }) {
      const target = queues.find(({ source }) => source.url === queueUrl);
      holds(target !== undefined, "I5", () => `a message is sent to ${queueUrl}, which nobody reads`);
      const count = attributes[ATTRIBUTES.redriveCount];
      holds(count !== undefined, "I10", () => "a message is sent again without a count");
      const id = attributes[ATTRIBUTES.redriveId];
      holds(
        id === undefined || facts.redriveIds.has(id),
        "I18",
        () => "a message is sent again without a mark",
      );
      target?.source.send(body, attributes, delaySeconds * 1_000);
    },
    async changeVisibility(queueUrl, entries) {
      const target = queues.find(({ source }) => source.url === queueUrl);
      for (const { receiptHandle, seconds } of entries)
        target?.source.changeVisibility(receiptHandle, seconds);
    },
    async backlog(queueUrl) {
      return queues.find(({ source }) => source.url === queueUrl)?.source.copies.size ?? 0;
    },
  };
  const topic = simTopic({
    facts,
    random,
    failing: () => rate(weather.topic),
    duplicating: () => rate(weather.duplicate),
    queueOf: (name) => of(name).source,
    undeliveredOf: (name) => of(name).undelivered,
  });

  const isStale = () => random.chance(rate(weather.stale));
  const source = faults ?? faultsOf(weather, random, hasCleared);
  const attempts = newAttempts({ weather, facts });
  const calls = portCalls(scheduler, host, (call, invocation) => {
    const fault = source(call, invocation);
    if (fault === "twice" && call === "queues.send") attempts.sentTwice();
    return fault;
  });
  const ports: Ports = {
    orders: calls.yielding("orders", tables.orders),
    stock: calls.yielding("stock", tables.stock),
    ledger: watchedLedger(calls.yielding("ledger", tables.ledger), facts, () => calls),
    notifications: ownedClaims(calls, tables, mutant?.isOwnerless === true),
    failedMessages: watchedExpiry(
      calls.yielding(
        "failedMessages",
        watchedFailedMessages(
          withStaleLists(tables.failedMessages, real.rows.failed, isStale),
          real.rows.failed,
          (row) => {
            if (row.redriveId !== undefined) facts.redriveIds.add(row.redriveId);
            facts.edited(row);
          },
        ),
      ),
      weather,
      () => calls,
    ),
    publisher: calls.yielding("publisher", topic, topicErrors),
    mailer: calls.yielding("mailer", { send: mails.send }, mailErrors),
    queues: calls.yielding("queues", queuePort),
    crashedBatches: calls.yielding("crashedBatches", {
      list: async (limit: number) => [...crashed.keys()].slice(0, limit),
      read: async (key: string): Promise<CrashedBatch> => ({
        consumer: "publish-events",
        events: (crashed.get(key) ?? []).flatMap(({ before, after }) => eventOfChange(before, after) ?? []),
      }),
      remove: async (key: string) => void crashed.delete(key),
    }),
    redriveJobs: calls.yielding("redriveJobs", {
      get: redriveJobs.get,
      put: redriveJobs.put,
      list: redriveJobs.list,
    }),
    audit: (act) => log.push(JSON.stringify(act)),
    clock: scheduler.clock,
    newId: () => `id-${nextId()}`,
  };
  const honest = partsOf(ports, weather.backlogLimit);
  const parts = mutant?.parts?.(honest) ?? honest;
  const world: World = {
    seed,
    weather,
    scheduler,
    random,
    host,
    tables: real,
    redriveJobs: redriveJobs.jobs,
    queues,
    shards,
    mailbox: mails,
    crashed,
    facts,
    attempts,
    parts,
    functions: functionsOf(parts, {
      queueUrlOf,
      deadLetterSources: queues.flatMap(({ consumer, source, deadLetters, undelivered }) =>
        [deadLetters, undelivered].map(({ arn }) => ({ arn, consumer, queueUrl: source.url })),
      ),
      maxAgeSeconds: weather.maxAgeSeconds,
      write: (text) => log.push(text),
    }),
    log,
    hasCleared: false,
    calls,
  };
  return world;
}
