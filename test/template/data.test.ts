import { describe, expect, test } from "vitest";
import { FAILED_BY_STATUS, FAILED_TTL_ATTRIBUTE, TABLE_KEYS } from "../../functions/contract/names.ts";
import { statements, synthesized, target } from "./synthesized.ts";

const stacks = synthesized();
const protectedStacks = synthesized({ protectData: true });
const tables = new Map(
  stacks
    .resources("data", "AWS::DynamoDB::Table")
    .map((table) => [table.properties.TableName.replace("order-events-dev-", ""), table]),
);

describe("tables", () => {
  test("have the keys that the code uses", () => {
    const keys = [...tables].map(([name, { properties }]) => [name, properties.KeySchema]);

    expect(Object.fromEntries(keys)).toEqual({
      orders: [{ AttributeName: TABLE_KEYS.orders, KeyType: "HASH" }],
      stock: [{ AttributeName: TABLE_KEYS.stock, KeyType: "HASH" }],
      notifications: [{ AttributeName: TABLE_KEYS.notifications, KeyType: "HASH" }],
      "failed-messages": [{ AttributeName: TABLE_KEYS.failedMessages, KeyType: "HASH" }],
    });
  });

  test("J7: can be restored to any second, and are paid by request", () => {
    for (const [name, { properties }] of tables) {
      expect(properties.PointInTimeRecoverySpecification, name).toEqual({ PointInTimeRecoveryEnabled: true });
      expect(properties.BillingMode, name).toBe("PAY_PER_REQUEST");
    }
  });

  test("A6: the orders alone have a stream, with the old and the new row", () => {
    const streams = [...tables].map(([name, { properties }]) => [name, properties.StreamSpecification]);

    expect(streams.filter(([, stream]) => stream !== undefined)).toEqual([
      ["orders", { StreamViewType: "NEW_AND_OLD_IMAGES" }],
    ]);
  });

  test("I14: only settled failed messages expire; what guards against a replay never does", () => {
    const expiring = [...tables].filter(
      ([, { properties }]) => properties.TimeToLiveSpecification !== undefined,
    );

    expect(expiring.map(([name, { properties }]) => [name, properties.TimeToLiveSpecification])).toEqual([
      ["failed-messages", { AttributeName: FAILED_TTL_ATTRIBUTE, Enabled: true }],
    ]);
  });

  test("failed messages are found by status and due time, with all they hold", () => {
    expect(tables.get("failed-messages")?.properties.GlobalSecondaryIndexes).toEqual([
      {
        IndexName: FAILED_BY_STATUS.indexName,
        KeySchema: [
          { AttributeName: FAILED_BY_STATUS.partitionKey, KeyType: "HASH" },
          { AttributeName: FAILED_BY_STATUS.sortKey, KeyType: "RANGE" },
        ],
        Projection: { ProjectionType: "ALL" },
      },
    ]);
  });

  test("outlive their stack where data is protected", () => {
    for (const { properties, deletionPolicy } of protectedStacks.resources("data", "AWS::DynamoDB::Table")) {
      expect(properties.DeletionProtectionEnabled, properties.TableName).toBe(true);
      expect(deletionPolicy, properties.TableName).toBe("Retain");
    }
    for (const [name, { deletionPolicy }] of tables) expect(deletionPolicy, name).toBe("Delete");
  });

  test("outlive their stack with queues and bucket, where data is protected", () => {
    const kept = [
      ...protectedStacks.resources("data", "AWS::S3::Bucket"),
      ...protectedStacks.resources("messaging", "AWS::SQS::Queue"),
    ];

    expect(kept.map(({ deletionPolicy }) => deletionPolicy)).toEqual(Array(10).fill("Retain"));
  });
});

describe("the bucket of crashed batches", () => {
  const [bucket] = stacks.resources("data", "AWS::S3::Bucket");
  const [policy] = stacks.resources("data", "AWS::S3::BucketPolicy");

  test("J1: is private, encrypted, and forgets after 30 days", () => {
    expect(bucket?.properties).toMatchObject({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }],
      },
      LifecycleConfiguration: {
        Rules: [expect.objectContaining({ ExpirationInDays: 30, Status: "Enabled" })],
      },
    });
  });

  test("takes TLS only", () => {
    expect(statements(policy?.properties.PolicyDocument)).toEqual([
      expect.objectContaining({ effect: "Deny", conditions: { Bool: { "aws:SecureTransport": "false" } } }),
    ]);
    expect(target(policy?.properties.Bucket)).toContain(bucket?.id);
  });
});
