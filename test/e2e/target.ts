import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { ConsumerName, EventType, QueueConsumer, TABLE_KEYS } from "../../functions/contract/names.ts";

export type TableName = keyof typeof TABLE_KEYS;

/**
 * A deployment as the cases see it: its address and its resources, and nothing of how it runs.
 * What only the one-machine stage can do is in `stage`; cases that need it are skipped elsewhere.
 */
export interface Target {
  /** Address of the REST API without a trailing slash. */
  readonly url: string;
  readonly sqs: SQSClient;
  readonly dynamoDb: DynamoDBClient;
  queueUrl(consumer: QueueConsumer, role?: "source" | "dead-letters"): Promise<string>;
  /** Physical name. */
  tableName(table: TableName): string;
  readonly stage?: StagePowers;
  close(): Promise<void>;
}

/** A mail that left the deployment. */
export interface SentMail {
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
}

/** What the one-machine stage can do beside serving. */
export interface StagePowers {
  /** Breaks a target such as `table:stock` or `mail` for a share of calls, all unless given, until it is mended. */
  break(target: string, rate?: number): Promise<void>;
  /** Mends one target, or everything. */
  mend(target?: string): Promise<void>;
  mails(): Promise<readonly SentMail[]>;
  /** How many messages of a type a consumer has given an outcome, such as `duplicate`, since the stage began. */
  counted(outcome: string, consumer: ConsumerName, type: EventType | "unknown"): Promise<number>;
  /** Every line that functions and stage have written lately. */
  logs(): Promise<readonly string[]>;
}

/** Powers of a stage in this process. */
export interface InProcessPowers extends StagePowers {
  /** Runs a function now, as its schedule would. Rejects unless it ends well. */
  invoke(functionName: string, event?: unknown): Promise<unknown>;
  /** Leaves an event of the orders table's stream where its mapping leaves those that crashed the publisher. */
  leaveCrashedBatch(event: unknown): Promise<void>;
  /** The topic is as if it were gone, until the returned function is called. */
  loseTopic(): () => void;
}

/** A target that is a stage in this process. */
export type StageTarget = Target & { readonly stage: InProcessPowers };
