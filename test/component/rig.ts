import { vi } from "vitest";
import {
  BROKER_EVENT_TYPES,
  declarationOf,
  type FunctionName,
  isQueueConsumer,
  QUEUE_CONSUMERS,
  SUBSCRIPTIONS,
} from "../../functions/consumers/consumers.ts";
import type { BrokerFunctionName } from "../../functions/contract/broker-names.ts";
import { ENV, ownTableVariable } from "../../functions/contract/names.ts";
import { EVENT_TYPES } from "../../functions/contract/order-status.ts";
import type { Pausable } from "../../functions/contract/pausable.ts";
import type { EffectOnce } from "../../functions/middleware/effect-once.ts";
import { fakeClock } from "../fakes/fake-clock.ts";
import { type Faults, faulty } from "../fakes/faulty.ts";
import { memoryCrashedBatches } from "../fakes/memory-crashed-batches.ts";
import { type MemoryJobStore, memoryJobStore } from "../fakes/memory-job-store.ts";
import { memoryKafka } from "../fakes/memory-kafka.ts";
import { memoryMailer } from "../fakes/memory-mailer.ts";
import { memoryOrderFinder } from "../fakes/memory-order-finder.ts";
import { memoryOrderScan } from "../fakes/memory-order-scan.ts";
import {
  type MemoryMappings,
  type MemoryPauses,
  memoryMappings,
  memoryPauses,
} from "../fakes/memory-pauses.ts";
import { memoryPublisher } from "../fakes/memory-publisher.ts";
import { memoryQueues } from "../fakes/memory-queues.ts";
import { type MemoryRabbit, memoryRabbit } from "../fakes/memory-rabbitmq.ts";
import { memoryTables } from "../fakes/memory-tables.ts";
import { memoryUnfinishedOrders } from "../fakes/memory-unfinished-orders.ts";
import { type Sink, sink } from "../fakes/sink.ts";
import { NOW } from "../fixtures/events.ts";
import { context } from "../fixtures/lambda-events.ts";

/** The ports of the functions, in memory. */
export interface Rig {
  readonly clock: ReturnType<typeof fakeClock>;
  readonly tables: ReturnType<typeof memoryTables>;
  readonly publisher: ReturnType<typeof memoryPublisher>;
  readonly kafka: ReturnType<typeof memoryKafka>;
  readonly rabbitmq: MemoryRabbit;
  readonly mailer: ReturnType<typeof memoryMailer>;
  readonly queues: ReturnType<typeof memoryQueues>;
  readonly crashedBatches: ReturnType<typeof memoryCrashedBatches>;
  readonly jobs: MemoryJobStore;
  readonly unfinishedOrders: ReturnType<typeof memoryUnfinishedOrders>;
  readonly pauses: MemoryPauses;
  readonly mappings: MemoryMappings;
  readonly out: Sink;
  /** All calls of ports so far, as `<port>.<method>`. */
  readonly calls: string[];
  /** Faults of calls; none at the start. */
  readonly faults: Faults;
  /** While true the running function is dead: its calls fail, and its response is lost. */
  isDead: boolean;
  /** The faults, behind the record of the calls. */
  readonly observed: Faults;
  /** The ports as the functions get them, with faults. */
  readonly ports: Readonly<Record<PortName, object>>;
}

type PortName = (typeof PORTS)[number];
const PORTS = [
  "orders",
  "stock",
  "orderStockStore",
  "notifications",
  "suppressions",
  "failedMessages",
  "publisher",
  "kafka",
  "rabbitmq",
  "mailer",
  "queues",
  "crashedBatches",
  "jobs",
  "orderScan",
  "finder",
  "unfinishedOrders",
  "pauses",
  "mappings",
  "effectMarks",
] as const;

export const queueUrlOf = (consumer: string): string => `http://queues/${consumer}`;
export const deadLetterArnOf = (consumer: string): string => `arn:aws:sqs:eu-central-1:0:${consumer}-dlq`;

/** A day. */
export const MAX_PENDING_SECONDS = 86_400;

let current: Rig;
/** The rig of the functions: the last one created. */
export const currentRig = (): Rig => current;

/** Creates a rig; loaded functions use it from now on. */
export function newRig(): Rig {
  const clock = fakeClock(NOW);
  const tables = memoryTables(clock.now);
  const calls: string[] = [];
  const faults: Faults = { before: () => {}, after: () => {} };
  const parts = {
    publisher: memoryPublisher(),
    kafka: memoryKafka(clock.now),
    rabbitmq: memoryRabbit(),
    mailer: memoryMailer(),
    queues: memoryQueues(),
    crashedBatches: memoryCrashedBatches(),
    jobs: memoryJobStore(),
    orderScan: memoryOrderScan(tables.rows.orders),
    finder: memoryOrderFinder(tables.rows.orders, { pageSize: 10 }),
    unfinishedOrders: memoryUnfinishedOrders(tables.rows.orders),
    pauses: memoryPauses(),
    mappings: memoryMappings(),
  };
  const observed: Faults = {
    before(call) {
      if (rig.isDead) throw new Error("The process has ended.");
      calls.push(call);
      return faults.before(call);
    },
    after: (call) => faults.after(call),
  };
  const sources = { ...tables, ...parts };
  const ports = Object.fromEntries(PORTS.map((name) => [name, faulty(name, sources[name], observed)]));
  const rig: Rig = {
    clock,
    tables,
    ...parts,
    out: sink(),
    calls,
    faults,
    observed,
    isDead: false,
    ports: ports as Rig["ports"],
  };
  current = rig;
  return rig;
}

/** Later invocations start new instances. */
export function restartFunctions(): void {
  vi.resetModules();
}

/** A port of the current rig. */
const port = (name: PortName) => () =>
  new Proxy({}, { get: (_, key) => Reflect.get(current.ports[name], key) as unknown });

/** The effects of a consumer in the current rig. */
const currentEffects = (consumer: string): EffectOnce =>
  faulty("effectOnce", current.tables.effectOnceOf(consumer), current.observed);

const nothing = () => ({});
vi.doMock("../../functions/adapters/dynamodb-client.ts", async (original) => ({
  ...(await original<object>()),
  dynamoDbClient: nothing,
}));
vi.doMock("../../functions/adapters/dynamodb-order-store.ts", () => ({ dynamoDbOrderStore: port("orders") }));
vi.doMock("../../functions/adapters/dynamodb-stock-store.ts", () => ({ dynamoDbStockStore: port("stock") }));
vi.doMock("../../functions/adapters/dynamodb-order-stock-store.ts", () => ({
  dynamoDbOrderStockStore: port("orderStockStore"),
}));
vi.doMock("../../functions/adapters/dynamodb-notifications.ts", () => ({
  dynamoDbNotifications: port("notifications"),
}));
vi.doMock("../../functions/adapters/dynamodb-suppressions.ts", () => ({
  dynamoDbSuppressions: port("suppressions"),
}));
vi.doMock("../../functions/adapters/dynamodb-effect-once.ts", () => ({
  dynamoDbEffectMarks: port("effectMarks"),
  dynamoDbEffectOnce: (_client: object, _table: string, consumer: string) => ({
    apply: (...effect: Parameters<EffectOnce["apply"]>) => currentEffects(consumer).apply(...effect),
  }),
}));
vi.doMock("../../functions/adapters/dynamodb-failed-message-store.ts", () => ({
  dynamoDbFailedMessageStore: port("failedMessages"),
}));
vi.doMock("../../functions/adapters/dynamodb-job-store.ts", () => ({
  dynamoDbJobStore: port("jobs"),
}));
vi.doMock("../../functions/adapters/dynamodb-order-scan.ts", () => ({
  dynamoDbOrderScan: port("orderScan"),
}));
vi.doMock("../../functions/adapters/dynamodb-order-finder.ts", () => ({
  dynamoDbOrderFinder: port("finder"),
}));
vi.doMock("../../functions/adapters/dynamodb-unfinished-orders.ts", () => ({
  dynamoDbUnfinishedOrders: port("unfinishedOrders"),
}));
vi.doMock("../../functions/adapters/dynamodb-pause-store.ts", () => ({ dynamoDbPauseStore: port("pauses") }));
vi.doMock("../../functions/adapters/lambda-mappings.ts", () => ({ lambdaMappings: port("mappings") }));
vi.doMock("../../functions/adapters/sns-publisher.ts", () => ({
  snsClient: nothing,
  snsPublisher: port("publisher"),
}));
vi.doMock("../../functions/adapters/kafka-publisher.ts", () => ({ kafkaTopic: port("kafka") }));
vi.doMock("../../functions/adapters/rabbitmq-publisher.ts", () => ({ rabbitPublisher: port("rabbitmq") }));
vi.doMock("../../functions/adapters/ses-mailer.ts", () => ({ sesMailer: port("mailer") }));
vi.doMock("../../functions/adapters/sqs-queues.ts", () => ({ sqsQueues: port("queues") }));
vi.doMock("../../functions/adapters/s3-crashed-batches.ts", () => ({
  s3Client: nothing,
  s3CrashedBatches: port("crashedBatches"),
}));
vi.doMock("../../functions/middleware/clock.ts", () => ({
  systemClock: {
    now: () => current.clock.now(),
    random: () => current.clock.random(),
    sleep: (ms: number, signal?: AbortSignal) => current.clock.sleep(ms, signal),
  },
}));

/** The consumers of a deployment that processes by the queues, with a Kafka consumer that does not process. */
export const PAUSABLE: readonly Pausable[] = [
  ...QUEUE_CONSUMERS.map(
    (name): Pausable => ({
      name,
      on: SUBSCRIPTIONS[name],
      functionName: `order-events-test-${name}`,
      waitsIn: "queue",
      keptSeconds: 345_600,
      expiresSeconds: 0,
      finishes: declarationOf(name).alsoByBrokers ? SUBSCRIPTIONS[name] : [],
      processes: true,
      ...(name === "order-created" && { backlogLimit: 10 }),
    }),
  ),
  {
    name: "publish-events",
    on: EVENT_TYPES,
    functionName: "order-events-test-publish-events",
    waitsIn: "stream",
    keptSeconds: 86_400,
    expiresSeconds: 0,
    finishes: BROKER_EVENT_TYPES,
    processes: true,
  },
  {
    name: "order-events-kafka",
    on: BROKER_EVENT_TYPES,
    functionName: "order-events-test-order-events-kafka",
    waitsIn: "topic",
    keptSeconds: 604_800,
    expiresSeconds: 0,
    finishes: BROKER_EVENT_TYPES,
    processes: false,
  },
];

const environment: Readonly<Partial<Record<keyof typeof ENV, string>>> = {
  ordersTable: "orders",
  stockTable: "stock",
  notificationsTable: "notifications",
  failedMessagesTable: "failed-messages",
  effectsTable: "effects",
  topicArn: "arn:aws:sns:eu-central-1:0:order-events",
  queueUrl: queueUrlOf("its-own"),
  parkingQueueUrl: queueUrlOf("mail-feedback-dlq"),
  backlogQueueUrl: queueUrlOf("order-created"),
  backlogLimit: "10",
  maxReceiveCount: "5",
  // Many tests leave orders PENDING for hours.
  maxPendingSeconds: String(MAX_PENDING_SECONDS),
  dlqRetryDelaysSeconds: "60,300,900",
  pausableConsumers: JSON.stringify(PAUSABLE),
  mailSender: "orders@shop.example",
  crashedBatchesBucket: "crashed-batches",
  sourceQueues: JSON.stringify(queuesOf(QUEUE_CONSUMERS)),
  kafkaBrokers: "127.0.0.1:9092",
  kafkaTopic: "order-events",
  kafkaSecurity: "plaintext",
  rabbitmqUrl: "amqp://guest:guest@127.0.0.1:5672",
  retryQueueDelaysSeconds: "5,30,120",
  deadLetterSources: JSON.stringify(
    [...QUEUE_CONSUMERS, "publish-to-kafka"].map((consumer) => ({
      arn: deadLetterArnOf(consumer),
      consumer,
      queueUrl: queueUrlOf(consumer),
    })),
  ),
};
for (const [name, value] of Object.entries(environment)) process.env[ENV[name as keyof typeof ENV]] = value;
for (const consumer of QUEUE_CONSUMERS)
  for (const { name } of declarationOf(consumer).tables ?? [])
    process.env[ownTableVariable(name)] = `${consumer}-${name}`;

function queuesOf(consumers: readonly string[]): Record<string, string> {
  return Object.fromEntries(consumers.map((name) => [name, queueUrlOf(name)]));
}

/** Adds or removes the Kafka stack for later invocations. */
export function deployKafka(isDeployed: boolean): void {
  const queue = queueUrlOf("publish-to-kafka");
  const more = isDeployed ? { "publish-to-kafka": queue, "order-events-kafka": queue } : {};
  process.env[ENV.sourceQueues] = JSON.stringify({ ...queuesOf(QUEUE_CONSUMERS), ...more });
  restartFunctions();
}

type Handler = (event: unknown, context: { getRemainingTimeInMillis(): number }) => Promise<unknown>;

/** Invokes the deployed function over the current rig. Its output goes to the sink of the rig. */
export async function invoke(
  name: FunctionName | BrokerFunctionName,
  event: unknown,
  remainingMs = 30_000,
): Promise<unknown> {
  const { handler } = (await (isQueueConsumer(name)
    ? import(`../../functions/consumers/${name}/handler.ts`)
    : import(`../../functions/handlers/${name}.ts`))) as { handler: Handler };
  const { write } = current.out;
  const stdout = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    write(String(text));
    return true;
  });
  try {
    const response = await handler(event, context(remainingMs));
    if (current.isDead) throw new Error("The process ended before its response.");
    return response;
  } finally {
    current.isDead = false;
    stdout.mockRestore();
  }
}

/**
 * The function dies before or after its nth call of a port, or of the named one. The result ends that, and returns whether
 * the call was reached.
 */
export function dieAt(rig: Rig, moment: keyof Faults, n: number, name?: string): () => boolean {
  let calls = 0;
  rig.faults[moment] = (call) => {
    if (name !== undefined && call !== name) return;
    calls += 1;
    if (calls !== n) return;
    rig.isDead = true;
    throw new Error("The process has ended.");
  };
  return () => {
    rig.faults[moment] = () => {};
    return calls >= n;
  };
}
