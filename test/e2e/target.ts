import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { ConsumerName, FunctionName, QueueConsumer } from "../../functions/consumers/consumers.ts";
import type { TABLE_KEYS } from "../../functions/contract/names.ts";
import type { EventType } from "../../functions/contract/order-status.ts";

export type TableName = keyof typeof TABLE_KEYS;

/** Where the suite can run: in this process, on two emulators of AWS, in an account. */
export const TARGETS = ["emulator", "ministack", "localstack", "aws"] as const;
export type TargetKind = (typeof TARGETS)[number];

/** A mail that left the deployment. */
export interface SentMail {
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
}

/** A deployment as the cases see it: its address and its resources, and nothing of how it runs. */
export interface Target {
  readonly kind: TargetKind;
  /** Address of the REST API without a trailing slash. */
  readonly url: string;
  /** Calls the API, signed where it takes signed requests only. */
  readonly fetch: typeof fetch;
  /** Ends the names that a file gives to SKUs and customers, where it does not have the deployment to itself. */
  readonly tag: string;
  readonly sqs: SQSClient;
  readonly dynamoDb: DynamoDBClient;
  queueUrl(consumer: QueueConsumer, role?: "source" | "dead-letters"): Promise<string>;
  /** Physical name. */
  tableName(table: TableName): string;
  /** Mails that left. Rejects where they cannot be read. */
  mails(): Promise<readonly SentMail[]>;
  /** How many messages of a type a consumer has given an outcome, such as `duplicate`, since the target was opened. */
  counted(outcome: string, consumer: ConsumerName, type: EventType | "unknown"): Promise<number>;
  /** Every line that the functions have written since the target was opened. */
  logs(): Promise<readonly string[]>;
  /** Names of the alarms that watch it, without the part that names the deployment. */
  alarms(): Promise<readonly string[]>;
  readonly emulator?: EmulatorPowers;
  close(): Promise<void>;
}

/** What the owner of the account can do besides. */
export interface Operations {
  /** Runs a function now, as its schedule would. Rejects unless it ends well. */
  invoke(functionName: FunctionName, event?: unknown): Promise<unknown>;
  /** Leaves an event of the orders table's stream where its mapping leaves those that crashed the publisher. */
  leaveCrashedBatch(event: unknown): Promise<void>;
}

export type OpenTarget = Target & Operations;

/** What only the local emulator can do. Cases that need it are in the folder `emulator`. */
export interface EmulatorPowers {
  /** Breaks a target such as `table:stock` or `mail` for a share of calls, all unless given, until it is mended. */
  break(target: string, rate?: number): Promise<void>;
  /** Mends one target, or everything. */
  mend(target?: string): Promise<void>;
}

/** Powers of an emulator in this process. */
export interface InProcessPowers extends EmulatorPowers {
  /** The topic is as if it were gone, until the returned function is called. */
  loseTopic(): () => void;
}

/** A target that is an emulator in this process. */
export type EmulatorTarget = OpenTarget & { readonly emulator: InProcessPowers };
