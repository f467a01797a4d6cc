import type { DynamoDBRecord } from "aws-lambda";
import { awsJsonClient } from "./aws-json.ts";

export interface Shard {
  readonly shardId: string;
  readonly parentShardId?: string;
}

/** The start position in a shard. */
export type ShardPosition =
  | { readonly kind: "TRIM_HORIZON" | "LATEST" }
  | { readonly kind: "AFTER_SEQUENCE_NUMBER"; readonly sequenceNumber: string };

export interface StreamPage {
  readonly records: readonly DynamoDBRecord[];
  /** Absent where the shard is closed and was read to its end. */
  readonly next: string | undefined;
}

/** One table's stream in DynamoDB Streams. */
export interface StreamSource {
  shards(): Promise<readonly Shard[]>;
  iterator(shardId: string, position: ShardPosition): Promise<string>;
  /** Up to `limit` (at most 1000) records, oldest first. */
  records(iterator: string, limit: number): Promise<StreamPage>;
  close(): void;
}

interface DescribeStreamReply {
  readonly StreamDescription: {
    readonly Shards?: readonly { readonly ShardId: string; readonly ParentShardId?: string }[];
    readonly LastEvaluatedShardId?: string;
  };
}

const RECORDS_PER_CALL = 1000;

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB_Streams.html */
export const openStreamSource = (endpoint: string, streamArn: string, region: string): StreamSource => {
  const { call, close } = awsJsonClient(endpoint, "DynamoDBStreams_20120810", region);
  return {
    shards: async () => {
      const shards: Shard[] = [];
      let from: string | undefined;
      do {
        const { StreamDescription: page } = (await call("DescribeStream", {
          StreamArn: streamArn,
          ...(from === undefined ? {} : { ExclusiveStartShardId: from }),
        })) as DescribeStreamReply;
        for (const { ShardId: shardId, ParentShardId: parentShardId } of page.Shards ?? []) {
          shards.push({ shardId, ...(parentShardId === undefined ? {} : { parentShardId }) });
        }
        from = page.LastEvaluatedShardId;
      } while (from !== undefined);
      return shards;
    },
    iterator: async (shardId, position) => {
      const reply = (await call("GetShardIterator", {
        StreamArn: streamArn,
        ShardId: shardId,
        ShardIteratorType: position.kind,
        ...(position.kind === "AFTER_SEQUENCE_NUMBER" ? { SequenceNumber: position.sequenceNumber } : {}),
      })) as { readonly ShardIterator: string };
      return reply.ShardIterator;
    },
    records: async (iterator, limit) => {
      const reply = (await call("GetRecords", {
        ShardIterator: iterator,
        Limit: Math.min(limit, RECORDS_PER_CALL),
      })) as { readonly Records?: readonly DynamoDBRecord[]; readonly NextShardIterator?: string };
      return { records: reply.Records ?? [], next: reply.NextShardIterator };
    },
    close,
  };
};
