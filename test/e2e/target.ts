import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { ConsumerName, FunctionName, QueueConsumer } from "../../functions/consumers/consumers.ts";
import type { TABLE_KEYS } from "../../functions/contract/names.ts";
import type { EventType } from "../../functions/contract/order-status.ts";

export type TableName = keyof typeof TABLE_KEYS;

/** The targets of the suite: this process, two emulators of AWS, an account. */
export const TARGETS = ["emulator", "ministack", "localstack", "aws"] as const;
export type TargetKind = (typeof TARGETS)[number];

/** A sent mail. */
export interface SentMail {
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
}

/** A deployment as the cases use it: its address and its resources. */
export interface Target {
  readonly kind: TargetKind;
  /** Address of the REST API without a trailing slash. */
  readonly url: string;
  /** Calls the API, with signed requests where required. */
  readonly fetch: typeof fetch;
  /** Suffix of the SKUs and customers of a file on a shared deployment. */
  readonly tag: string;
  readonly sqs: SQSClient;
  readonly dynamoDb: DynamoDBClient;
  queueUrl(consumer: QueueConsumer, role?: "source" | "dead-letters"): Promise<string>;
  /** Physical name. */
  tableName(table: TableName): string;
  /** Sent mails. Rejects where they cannot be read. */
  mails(): Promise<readonly SentMail[]>;
  /** Number of messages of a type with an outcome, such as `duplicate`, since the target was opened. */
  counted(outcome: string, consumer: ConsumerName, type: EventType | "unknown"): Promise<number>;
  /** All log lines of the functions since the target was opened. */
  logs(): Promise<readonly string[]>;
  /** Names of its alarms, without the prefix of the deployment. */
  alarms(): Promise<readonly string[]>;
  readonly emulator?: EmulatorPowers;
  close(): Promise<void>;
}

/** Operations of the owner of the account. */
export interface Operations {
  /** Runs a function now, as its schedule does. Rejects unless it succeeds. */
  invoke(functionName: FunctionName, event?: unknown): Promise<unknown>;
  /** Writes a stream batch to the bucket of crashed batches, as the mapping does. */
  leaveCrashedBatch(event: unknown): Promise<void>;
}

export type OpenTarget = Target & Operations;

/** Operations of the local emulator only. Their cases are in the folder `emulator`. */
export interface EmulatorPowers {
  /** Breaks a target such as `table:stock` or `mail` for a share of calls (default: all), until it is repaired. */
  break(target: string, rate?: number): Promise<void>;
  /** Repairs one target, or all. */
  mend(target?: string): Promise<void>;
}

/** Operations of an emulator in this process. */
export interface InProcessPowers extends EmulatorPowers {
  /** Removes the topic until the returned function is called. */
  loseTopic(): () => void;
}

/** A target that is an emulator in this process. */
export type EmulatorTarget = OpenTarget & { readonly emulator: InProcessPowers };
