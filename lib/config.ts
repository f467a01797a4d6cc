import { CONSUMER_RANGES } from "../functions/consumers/check-declaration.ts";
import { CONSUMERS } from "../functions/consumers/consumers.ts";
import type { ConsumerDeclaration } from "../functions/consumers/define-consumer.ts";
import { LIMITS } from "../functions/contract/limits.ts";
import { SERVICE } from "../functions/contract/names.ts";
import { ALARM_THRESHOLDS_RULE, refuseTwoThresholds } from "./settings/alarm-thresholds.ts";
import {
  BACKBONE_DEFAULTS,
  BACKBONE_RULES,
  type BackboneSettings,
  refuseBackboneContradictions,
} from "./settings/backbone-settings.ts";
import {
  EXISTING_TABLES_RULE,
  refuseTableContradictions,
  STREAM_ARN_RULE,
} from "./settings/existing-tables.ts";
import {
  KAFKA_DEFAULTS,
  KAFKA_RULES,
  type KafkaSettings,
  refuseKafkaContradictions,
} from "./settings/kafka-settings.ts";
import { mailConcurrency, mostMails } from "./settings/mail-rate.ts";
import { leastVisibilitySeconds } from "./settings/queue-rules.ts";
import {
  RABBIT_DEFAULTS,
  RABBIT_RULES,
  type RabbitSettings,
  refuseRabbitContradictions,
} from "./settings/rabbitmq-settings.ts";
import {
  type Rule,
  readSetting,
  SECURITY_GROUP_RULE,
  SettingError,
  type SettingValue,
  SUBNETS_RULE,
} from "./settings/read-setting.ts";

/** The settings of a deployment. Each can be overridden by `-c name=value`. */
export interface Settings extends BackboneSettings, KafkaSettings, RabbitSettings {
  /** Part of every physical name: `order-events-<stage>-…`. */
  readonly stage: string;
  /** Beginning of every physical name. Chosen once: another one makes other resources. */
  readonly namePrefix: string;
  /** Empty: those of the AWS credentials of the deployer. */
  readonly account: string;
  readonly region: string;
  /** Address that mails come from, verified in SES. Empty: no mail is sent, which is audited. */
  readonly mailSender: string;
  /** Mails a second that SES permits the account: 1 in its sandbox. */
  readonly mailRatePerSecond: number;
  /** Subscriber of the alarm topic. Empty: none. */
  readonly alarmEmail: string;
  /** Whether the consumers that send mails are deployed. Chosen once: a later change is described in settings/README.md. */
  readonly mails: boolean;
  /** Thresholds of alarms in place of the defaults, as `queue-length:50000`. */
  readonly alarmThresholds: readonly string[];
  /** Subnets of an existing network that all functions run in. They need a way to the services of AWS. Empty: no network. */
  readonly functionSubnets: readonly string[];
  /** Security group of all functions; goes with `functionSubnets`. */
  readonly functionSecurityGroup: string;
  /** Tables that are used instead of made, as `orders:acme-orders`. Chosen once: settings/README.md. */
  readonly existingTables: readonly string[];
  /** ARN of the stream of an existing orders table. */
  readonly existingOrdersStream: string;
  /** Adds an index of all orders by customer to the orders table: one write unit more an order. */
  readonly ordersByCustomer: boolean;
  /** Keeps tables and bucket when their stack goes, and refuses to delete a table. */
  readonly protectData: boolean;
  readonly logRetentionDays: number;
  /** Messages in one invocation; also the maximum of orders in one transaction. */
  readonly batchSize: number;
  readonly batchWindowSeconds: number;
  /** Invocations of one consumer at a time. */
  readonly maxConcurrency: number;
  /** Reads orders for many a second of few SKUs: large batches, few at a time. An order at rest waits a second longer. */
  readonly hotStock: boolean;
  /** Receives before a queue moves a message to its dead-letter queue. */
  readonly maxReceiveCount: number;
  readonly consumerTimeoutSeconds: number;
  /** Length of the order-created queue above which new orders are answered 503. */
  readonly backlogLimit: number;
  /** Age of a message above which a consumer parks it; 0 switches expiry off. */
  readonly maxAgeSeconds: number;
  /** Delay before each retry from a dead-letter queue. */
  readonly dlqRetryDelaysSeconds: readonly number[];
  /** How long a retried or redriven message may have no outcome before its row is opened. */
  readonly returnWithinSeconds: number;
  /** How long an order may be PENDING, or CANCELLED while stock is held, before an alarm goes off and its event is published again. */
  readonly maxPendingSeconds: number;
  /** Age of a stream record above which it is parked instead of retried; the event source mapping gives up after an hour. */
  readonly giveUpAfterSeconds: number;
  /** Requests a second that the API accepts, and how many at once. */
  readonly throttleRate: number;
  readonly throttleBurst: number;
  /** Invocations at a time that are reserved for each function of the API, and their limit; 0: none. Consumers never have any. */
  readonly apiReservedConcurrency: number;
  /** Sets the account's role for API logs; false where the account has one. */
  readonly apiLogRole: boolean;
  /** Monthly budget of the whole account, whose use is mailed to `alarmEmail`; 0: none. */
  readonly monthlyBudgetUsd: number;
}

const EMAIL = {
  kind: "text",
  pattern: /^$|^[^\s@]{1,64}@[^\s@]{1,190}$/,
  expected: "an e-mail address, or nothing",
} as const;
/** CloudWatch takes only these. */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const RULES: { readonly [K in keyof Settings]: Rule } = {
  stage: {
    kind: "text",
    pattern: /^[a-z][a-z0-9-]{0,19}$/,
    expected: "1 to 20 lower-case letters, digits and hyphens",
  },
  namePrefix: {
    kind: "text",
    pattern: /^[a-z][a-z0-9]*(-[a-z0-9]+)*$(?<=^.{1,12})/,
    expected: "1 to 12 lower-case letters, digits and single hyphens",
  },
  account: { kind: "text", pattern: /^$|^\d{12}$/, expected: "an account of 12 digits, or nothing" },
  region: { kind: "text", pattern: /^$|^[a-z]{2}(-[a-z]+)+-\d$/, expected: "an AWS region, or nothing" },
  mailSender: EMAIL,
  mailRatePerSecond: { kind: "integer", minimum: 1, maximum: 1_000 },
  alarmEmail: EMAIL,
  mails: { kind: "boolean" },
  alarmThresholds: ALARM_THRESHOLDS_RULE,
  functionSubnets: SUBNETS_RULE,
  functionSecurityGroup: SECURITY_GROUP_RULE,
  existingTables: EXISTING_TABLES_RULE,
  existingOrdersStream: STREAM_ARN_RULE,
  ordersByCustomer: { kind: "boolean" },
  protectData: { kind: "boolean" },
  logRetentionDays: { kind: "choice", choices: RETENTION_DAYS },
  batchSize: { kind: "integer", ...CONSUMER_RANGES.batchSize },
  batchWindowSeconds: { kind: "integer", ...CONSUMER_RANGES.batchWindowSeconds },
  maxConcurrency: { kind: "integer", ...CONSUMER_RANGES.maxConcurrency },
  hotStock: { kind: "boolean" },
  // Throttled receives count too: with fewer, one deployment moves good messages to the dead-letter queue.
  maxReceiveCount: { kind: "integer", minimum: 5, maximum: 1000 },
  consumerTimeoutSeconds: { kind: "integer", ...CONSUMER_RANGES.timeoutSeconds },
  backlogLimit: { kind: "integer", minimum: 1, maximum: 1_000_000 },
  maxAgeSeconds: { kind: "integer", minimum: 0, maximum: 1_209_600 },
  // SQS delays a message by 15 minutes at most.
  dlqRetryDelaysSeconds: { kind: "integers", length: LIMITS.dlqRetries, minimum: 0, maximum: 900 },
  returnWithinSeconds: { kind: "integer", minimum: 60, maximum: 86_400 },
  maxPendingSeconds: { kind: "integer", minimum: 10, maximum: 86_400 },
  giveUpAfterSeconds: { kind: "integer", minimum: 60, maximum: 3_000 },
  throttleRate: { kind: "integer", minimum: 1, maximum: 10_000 },
  throttleBurst: { kind: "integer", minimum: 1, maximum: 5_000 },
  apiReservedConcurrency: { kind: "integer", minimum: 0, maximum: 10_000 },
  apiLogRole: { kind: "boolean" },
  monthlyBudgetUsd: { kind: "integer", minimum: 0, maximum: 1_000_000 },
  ...BACKBONE_RULES,
  ...KAFKA_RULES,
  ...RABBIT_RULES,
};

const DEFAULTS: Settings = {
  stage: "dev",
  namePrefix: SERVICE,
  account: "",
  region: "",
  mailSender: "",
  mailRatePerSecond: 14,
  alarmEmail: "",
  mails: true,
  alarmThresholds: [],
  functionSubnets: [],
  functionSecurityGroup: "",
  existingTables: [],
  existingOrdersStream: "",
  ordersByCustomer: false,
  protectData: false,
  logRetentionDays: 30,
  batchSize: 10,
  batchWindowSeconds: 0,
  maxConcurrency: 10,
  hotStock: false,
  maxReceiveCount: 5,
  consumerTimeoutSeconds: 30,
  backlogLimit: 10_000,
  maxAgeSeconds: 0,
  dlqRetryDelaysSeconds: [30, 240, 900],
  returnWithinSeconds: 3_600,
  maxPendingSeconds: 300,
  giveUpAfterSeconds: 1_800,
  throttleRate: 100,
  throttleBurst: 200,
  apiReservedConcurrency: 0,
  apiLogRole: true,
  monthlyBudgetUsd: 0,
  ...BACKBONE_DEFAULTS,
  ...KAFKA_DEFAULTS,
  ...RABBIT_DEFAULTS,
};

/** The settings of each stage that differ from the defaults. Other stages have the defaults. */
export const STAGES: Readonly<Record<string, Partial<Settings>>> = {
  /** The local emulator: short waits, so that a failure can be watched from end to end. */
  local: {
    mailSender: "orders@example.com",
    alarmEmail: "ops@example.com",
    consumerTimeoutSeconds: 5,
    dlqRetryDelaysSeconds: [2, 5, 10],
    returnWithinSeconds: 600,
    giveUpAfterSeconds: 120,
    logRetentionDays: 1,
    kafkaRetries: 100,
    rabbitmqRetryDelaysSeconds: [1, 3, 6],
  },
  prod: { protectData: true, logRetentionDays: 90 },
};

/** Batch size, time-out and concurrency of the reader of a queue. */
export interface QueueReading {
  readonly batchSize: number;
  readonly batchWindowSeconds: number;
  readonly maxConcurrency: number;
  readonly timeoutSeconds: number;
}

/**
 * With hotStock, of the consumers that write stock. Transactions on one SKU exclude each other, so two invocations with
 * large batches decide more orders than ten with small ones. SQS collects more than 10 messages for a second at least.
 * Measured: test/labs/bench/README.md
 */
const HOT_STOCK = { batchSize: 200, batchWindowSeconds: 1, maxConcurrency: 2 };

/**
 * The values that a consumer declares, with the settings as defaults. A consumer of mails keeps their rate, whatever it
 * declares.
 */
export function readingOf(
  settings: Settings,
  {
    access = [],
    batch = {},
    timeoutSeconds = settings.consumerTimeoutSeconds,
  }: Partial<Pick<ConsumerDeclaration, "access" | "batch" | "timeoutSeconds">> = {},
): QueueReading {
  const own = settings.hotStock && access.includes("orders-and-stock") ? HOT_STOCK : settings;
  const declared = {
    batchSize: batch.size ?? own.batchSize,
    batchWindowSeconds: batch.windowSeconds ?? own.batchWindowSeconds,
    maxConcurrency: batch.maxConcurrency ?? own.maxConcurrency,
    timeoutSeconds,
  };
  if (!access.includes("mail")) return declared;
  return {
    ...declared,
    batchSize: Math.min(declared.batchSize, mostMails(settings, timeoutSeconds)),
    maxConcurrency: mailConcurrency(settings),
  };
}

/** The longest visibility time-out of a queue of this deployment. */
function longestVisibilitySeconds(settings: Settings): number {
  const readings = [{}, ...CONSUMERS].map((declared) => readingOf(settings, declared));
  return Math.max(...readings.map(leastVisibilitySeconds));
}

/**
 * The settings of a deployment: defaults, then the stage's own values, then the given context.
 * Throws `SettingError` for an unknown name, a value out of range, or values that contradict each other.
 */
export function readSettings(context: Readonly<Record<string, unknown>>): Settings {
  const settings = readEachSetting(context);
  refuseContradictions(settings);
  return settings;
}

/** The settings that differ from the stage's own values, in the form of `-c`, without account and region. */
export function chosenSettings(settings: Settings): Readonly<Record<string, string>> {
  const { stage, account, region } = settings;
  const own: Readonly<Record<string, unknown>> = { ...readSettings({ stage }), account, region };
  const texts = Object.entries(settings).map(([name, value]) => [name, String(value)] as const);
  return Object.fromEntries(texts.filter(([name, text]) => text !== String(own[name])));
}

/** As `readSettings`, before all settings are known: values may contradict each other. */
export function readEachSetting(context: Readonly<Record<string, unknown>>): Settings {
  const given = Object.entries(context).filter(([name]) => !isOfToolkit(name));
  for (const [name] of given) {
    if (!Object.hasOwn(RULES, name))
      throw new SettingError(`There is no setting "${name}"; there are ${Object.keys(RULES).join(", ")}.`);
  }
  const overrides = Object.fromEntries(given);
  const { stage: named = DEFAULTS.stage } = overrides;
  const stage = String(readSetting("stage", RULES.stage, named));
  const own = Object.hasOwn(STAGES, stage) ? STAGES[stage] : {};
  const chosen: Record<string, unknown> = { ...DEFAULTS, ...own, ...overrides, stage };
  const read: Record<string, SettingValue> = {};
  for (const [name, rule] of Object.entries(RULES)) read[name] = readSetting(name, rule, chosen[name]);
  // Every key of RULES was read by its rule, and RULES has exactly the keys of Settings.
  return read as unknown as Settings;
}

function refuseContradictions(settings: Settings): void {
  refuseBackboneContradictions(settings);
  refuseKafkaContradictions(settings);
  refuseRabbitContradictions(settings);
  const slowestReturn =
    Math.max(...settings.dlqRetryDelaysSeconds) +
    settings.maxReceiveCount * longestVisibilitySeconds(settings);
  if (settings.returnWithinSeconds < slowestReturn) {
    throw new SettingError(
      `Setting "returnWithinSeconds" takes at least ${slowestReturn} here (the longest of dlqRetryDelaysSeconds ` +
        `and maxReceiveCount visibility time-outs); received ${settings.returnWithinSeconds}.`,
    );
  }
  refuseTwoThresholds(settings);
  refuseTableContradictions(settings);
  const { functionSubnets, functionSecurityGroup } = settings;
  if (functionSubnets.length > 0 !== (functionSecurityGroup !== ""))
    throw new SettingError('Settings "functionSubnets" and "functionSecurityGroup" go together.');
  if (settings.monthlyBudgetUsd > 0 && settings.alarmEmail === "") {
    throw new SettingError('Setting "monthlyBudgetUsd" needs "alarmEmail": a budget needs a reader.');
  }
}

/** The toolkit keeps its own flags and look-ups in the same context as the settings. */
function isOfToolkit(name: string): boolean {
  return name.startsWith("@") || name.includes(":") || name.includes("/") || name === "cli-telemetry";
}
