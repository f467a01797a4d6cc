import type { RabbitPublisher } from "../../../functions/adapters/rabbitmq-publisher.ts";
import { STREAM_PUBLISHERS } from "../../../functions/contract/names.ts";
import type { CrashedBatch } from "../../../functions/failures/ports/crashed-batches.ts";
import type { StoredJob } from "../../../functions/failures/ports/job-store.ts";
import { eventOfChange } from "../../../functions/orders/domain/order.ts";
import { type RabbitTopology, rabbitTopology } from "../../../lib/settings/rabbitmq-topology.ts";
import { memoryJobStore } from "../../fakes/memory-job-store.ts";
import { memoryOrderScan } from "../../fakes/memory-order-scan.ts";
import { type MemoryTables, memoryTables } from "../../fakes/memory-tables.ts";
import { memoryUnfinishedOrders } from "../../fakes/memory-unfinished-orders.ts";
import { newQueues, type OwnQueues, queuePort } from "./cloud/all-queues.ts";
import { type Backbone, type MigrationMistake, newBackbone } from "./cloud/backbone.ts";
import { ownedClaims } from "./cloud/claims.ts";
import { brokersOf, type QueueOwner, queueOwners } from "./cloud/consumers.ts";
import { watchedFailedMessages, withStaleLists } from "./cloud/failed-rows.ts";
import { type Kafka, newKafka } from "./cloud/kafka.ts";
import { type Mailbox, mailbox, mailErrors } from "./cloud/mailbox.ts";
import { newRabbit, rabbitErrors, type SimRabbit } from "./cloud/rabbitmq.ts";
import { RETRY_QUEUE_DELAYS_SECONDS } from "./cloud/rabbitmq-queue.ts";
import { recordTopicErrors, simRecordTopic } from "./cloud/record-topic.ts";
import { type CrashedRows, newShard, type Shard } from "./cloud/stream.ts";
import { simTopic, topicErrors } from "./cloud/topic.ts";
import { type LambdaHost, lambdaHost } from "./engine/lambda-host.ts";
import { type FaultSource, type PortCalls, portCalls } from "./engine/port-calls.ts";
import { type Random, seeded } from "./engine/random.ts";
import { newScheduler, type Scheduler } from "./engine/scheduler.ts";
import type { Trace } from "./engine/trace.ts";
import { type FaultProfile, faultsOf } from "./fault-profile.ts";
import { type Functions, functionsOf } from "./functions.ts";
import { type Attempts, newAttempts } from "./invariants/attempts.ts";
import { checkResolved } from "./invariants/each-step.ts";
import { watchedExpiry } from "./invariants/expiry.ts";
import { observedOrderStockStore } from "./invariants/groups.ts";
import { watchedLanes } from "./invariants/lane-order.ts";
import { checkOperatorAction, checkReadOnly } from "./invariants/operator-actions.ts";
import { checkDeathReason, rabbitAttempts } from "./invariants/rabbitmq-attempts.ts";
import { storeWrites } from "./invariants/store-writes.ts";
import { kafkaPartsOf } from "./kafka-parts.ts";
import { newOracle, type Oracle } from "./oracle.ts";
import { type Parts, type Ports, partsOf, queueUrlOf } from "./parts.ts";
import { crashedBy, rabbitPartsOf } from "./rabbitmq-parts.ts";

const NOTHING_CRASHED: CrashedRows = { reader: "publish-events", rows: [] };
const START = Date.UTC(2026, 0, 1, 12);

/** A wrong protocol: one part of the tables or of the functions is exchanged. */
export interface Mutant {
  readonly name: string;
  readonly tables?: (tables: MemoryTables, now: () => number) => MemoryTables;
  readonly parts?: (parts: Parts) => Parts;
  /** Any invocation can release the claim of another. */
  readonly isOwnerless?: boolean;
  /** The event source mapping of the Kafka topic has no on-failure destination. */
  readonly isWithoutDestination?: boolean;
  /** The client that publishes to RabbitMQ. */
  readonly rabbitPublisher?: (publisher: RabbitPublisher) => RabbitPublisher;
  /** The topology that the deployment applies to RabbitMQ. */
  readonly topology?: (topology: RabbitTopology) => RabbitTopology;
  /** The operator's mistake when changing the backbone. */
  readonly migrationMistake?: MigrationMistake;
  /** The fault profile that shows it, where it is too rare in others. */
  readonly faultProfile?: FaultProfile;
}

export interface SimulatedSystem {
  readonly seed: number;
  readonly faultProfile: FaultProfile;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly host: LambdaHost;
  readonly tables: MemoryTables;
  /** Jobs that operators start and maintenance continues. */
  readonly jobs: ReadonlyMap<string, StoredJob>;
  readonly queues: readonly OwnQueues[];
  readonly backbone: Backbone;
  readonly migrationMistake: MigrationMistake | undefined;
  /** Absent where the broker is not deployed. */
  readonly kafka: Kafka | undefined;
  readonly rabbitmq: SimRabbit | undefined;
  readonly shards: readonly Shard[];
  readonly mailbox: Mailbox;
  /** Stream batches that the event source mapping gave up on, by object key. */
  readonly crashed: Map<string, CrashedRows>;
  readonly oracle: Oracle;
  readonly attempts: Attempts;
  readonly parts: Parts;
  readonly functions: Functions;
  /** Log lines of the functions. */
  readonly log: string[];
  /** From then on the system has to come to rest. */
  areFaultsOver: boolean;
  readonly calls: PortCalls;
}

export interface SimulatedSystemOptions {
  readonly seed: number;
  readonly faultProfile: FaultProfile;
  readonly trace: Trace;
  readonly mutant?: Mutant | undefined;
  /** Replaces the faults of the profile. */
  readonly faults?: FaultSource;
}

export function newSimulatedSystem({
  seed,
  faultProfile,
  trace,
  mutant,
  faults,
}: SimulatedSystemOptions): SimulatedSystem {
  const random = seeded(seed);
  const scheduler = newScheduler(random, seeded(seed + 0x5bd1e995), trace, START);
  const host = lambdaHost(scheduler);
  const now = scheduler.now;
  const real = memoryTables(now);
  const tables = mutant?.tables?.(real, now) ?? real;
  const rowsOfShards = random.chance(0.5) ? [[]] : [[], []];
  const migrationMistake = mutant?.migrationMistake;
  const backbone = newBackbone(faultProfile, { now, random, migrationMistake });
  const brokers = brokersOf(faultProfile);
  const owners = queueOwners(faultProfile);
  const readers = brokers.includes("kafka") ? STREAM_PUBLISHERS : (["publish-events"] as const);
  const shards = readers.flatMap((reader) => rowsOfShards.map((rows) => newShard(reader, rows)));
  const oracle = newOracle(real, rowsOfShards, { now, route: faultProfile });
  const hasDestination = mutant?.isWithoutDestination !== true;
  const kafka = brokers.includes("kafka") ? newKafka({ now, random, oracle, hasDestination }) : undefined;
  const rabbit = brokers.includes("rabbitmq")
    ? newRabbit({
        topology: (mutant?.topology ?? ((same) => same))(
          rabbitTopology({
            rabbitmqMessageTtlSeconds: 60,
            rabbitmqQueueLength: faultProfile.hasShortQueues ? 1 + random.below(2) : 10_000,
            rabbitmqRetryDelaysSeconds: RETRY_QUEUE_DELAYS_SECONDS,
          }),
        ),
        scheduler,
        random,
        oracle,
        failing: () => rate(faultProfile.topic),
        duplicating: () => rate(faultProfile.duplicate),
        killing: () => rate(faultProfile.brokerKill / 4),
        attempts: rabbitAttempts(scheduler, oracle),
      })
    : undefined;
  const mails = mailbox();
  const jobs = memoryJobStore();
  const crashed: SimulatedSystem["crashed"] = new Map();
  const log: string[] = [];
  const areFaultsOver = () => system.areFaultsOver;
  const rate = (probability: number) => (system.areFaultsOver ? 0 : probability);
  let ids = 0;
  const nextId = () => `${++ids}`;

  const isStale = () => random.chance(rate(faultProfile.stale));
  const attempts = newAttempts({ faultProfile, oracle });
  const queues = newQueues(owners, { now, random, nextId, oracle, attempts });
  const of = (name: QueueOwner) => queues.find(({ consumer }) => consumer === name) as OwnQueues;
  const topic = simTopic({
    oracle,
    scheduler,
    random,
    failing: () => rate(faultProfile.topic),
    duplicating: () => rate(faultProfile.duplicate),
    takes: backbone.takes,
    owners,
    queueOf: (name) => of(name).source,
    undeliveredOf: (name) => of(name).undelivered,
  });

  const checkWrite = storeWrites(scheduler, jobs.jobs);
  const source = faults ?? faultsOf(faultProfile, random, areFaultsOver);
  const calls = portCalls(scheduler, host, (call, invocation) => {
    checkReadOnly(call, invocation);
    const fault = source(call, invocation);
    if (fault === "twice" && call === "queues.send") attempts.sentTwice();
    if (fault !== "none" && call.startsWith("failedMessages.")) rabbit?.attempts.storeFailed(invocation);
    if (fault !== "none" && call === "rabbitmq.publish") rabbit?.attempts.refused(invocation);
    return fault;
  });
  const ports: Ports = {
    orders: calls.yielding("orders", tables.orders),
    stock: calls.yielding("stock", tables.stock),
    orderStockStore: observedOrderStockStore(
      calls.yielding("orderStockStore", tables.orderStockStore),
      oracle,
      () => calls,
    ),
    notifications: ownedClaims(calls, tables, mutant?.isOwnerless === true),
    suppressions: calls.yielding("suppressions", tables.suppressions),
    failedMessages: watchedExpiry(
      calls.yielding(
        "failedMessages",
        watchedFailedMessages(
          withStaleLists(tables.failedMessages, real.rows.failed, isStale),
          real.rows.failed,
          (row, before) => {
            checkOperatorAction(oracle, row, before);
            checkWrite(row, before);
            checkDeathReason(row, scheduler.acting);
            oracle.writtenAt.set(row.failedKey, now());
            if (row.redriveId !== undefined) oracle.redriveIds.add(row.redriveId);
            oracle.edited(row);
            checkResolved(system, row);
          },
        ),
      ),
      faultProfile,
      () => calls,
    ),
    publisher: {
      ...calls.yielding("publisher", topic, topicErrors),
      ...calls.yielding("publisher", { checkExists: async () => {} }),
    },
    // Each mail at once: the scheduler decides when functions run.
    pace: { next: async () => true, holdOff: () => {} },
    mailer: calls.yielding("mailer", { send: mails.send }, mailErrors),
    queues: calls.yielding("queues", queuePort(queues, oracle)),
    crashedBatches: calls.yielding("crashedBatches", {
      list: async (limit: number) => [...crashed.keys()].slice(0, limit),
      read: async (key: string): Promise<CrashedBatch> => {
        const { reader: consumer, rows } = crashed.get(key) ?? NOTHING_CRASHED;
        const events = rows.flatMap(({ before, after }) => eventOfChange(before, after) ?? []);
        return { consumer, events, unreadable: [] };
      },
      remove: async (key: string) => void crashed.delete(key),
    }),
    jobs: calls.yielding("jobs", {
      get: jobs.get,
      put: jobs.put,
      list: jobs.list,
      listDue: jobs.listDue,
    }),
    orderScan: calls.yielding("orderScan", memoryOrderScan(real.rows.orders)),
    unfinishedOrders: calls.yielding("unfinishedOrders", memoryUnfinishedOrders(real.rows.orders)),
    effectOnceOf: (consumer) => calls.yielding("effectOnce", tables.effectOnceOf(consumer)),
    effectMarks: calls.yielding("effectMarks", tables.effectMarks),
    handled: new Set(),
    audit: (act) => log.push(JSON.stringify(act)),
    clock: scheduler.clock,
    newId: () => `id-${nextId()}`,
  };
  const recordTopic =
    kafka && simRecordTopic(kafka.topic, { oracle, random, failing: () => rate(faultProfile.topic) });
  const kafkaParts =
    recordTopic &&
    kafkaPartsOf(calls.yielding("recordTopic", recordTopic, recordTopicErrors), scheduler.clock, (handle) =>
      watchedLanes(handle, () => calls),
    );
  const rabbitPublisher: RabbitPublisher | undefined = rabbit && {
    ...calls.yielding(
      "rabbitmq",
      { publish: async (messages) => rabbit.publish(messages) } satisfies Pick<RabbitPublisher, "publish">,
      rabbitErrors,
    ),
    close: () => {},
  };
  const rabbitParts =
    rabbitPublisher &&
    rabbitPartsOf(mutant?.rabbitPublisher?.(rabbitPublisher) ?? rabbitPublisher, scheduler.clock, (handle) =>
      crashedBy(handle, host, oracle.killers),
    );
  const correctParts = partsOf(ports, {
    backlogLimit: faultProfile.backlogLimit,
    owners,
    kafka: kafkaParts,
    rabbitmq: rabbitParts,
  });
  const parts = mutant?.parts?.(correctParts) ?? correctParts;
  const system: SimulatedSystem = {
    seed,
    faultProfile,
    scheduler,
    random,
    host,
    tables: real,
    jobs: jobs.jobs,
    queues,
    backbone,
    migrationMistake,
    kafka,
    rabbitmq: rabbit,
    shards,
    mailbox: mails,
    crashed,
    oracle,
    attempts,
    parts,
    functions: functionsOf(parts, {
      queueUrlOf,
      deadLetterSources: queues.flatMap(({ consumer, source, deadLetters, undelivered }) =>
        [deadLetters, undelivered].map(({ arn }) => ({ arn, consumer, queueUrl: source.url })),
      ),
      maxAgeSeconds: faultProfile.maxAgeSeconds,
      write: (text) => log.push(text),
    }),
    log,
    areFaultsOver: false,
    calls,
  };
  return system;
}
