import { describe, expect, test } from "vitest";
import { declarationOf, FUNCTIONS, QUEUE_CONSUMERS } from "../../functions/consumers/consumers.ts";
import { FAILED_LISTING, FAILED_TTL_ATTRIBUTE } from "../../functions/contract/failures.ts";
import { EFFECTS_SORT_KEY, TABLE_KEYS } from "../../functions/contract/names.ts";
import { statements, synthesized, target } from "./synthesized.ts";

const stacks = synthesized();
const protectedStacks = synthesized({ protectData: true });
const own = QUEUE_CONSUMERS.flatMap((consumer) =>
  (declarationOf(consumer).tables ?? []).map((table) => ({ ...table, name: `${consumer}-${table.name}` })),
);
const tables = new Map(
  stacks
    .resources("data", "AWS::DynamoDB::Table")
    .map((table) => [table.properties.TableName.replace("order-events-dev-", ""), table]),
);

describe("tables", () => {
  test("have the keys of the contract and of the declarations", () => {
    const keys = [...tables].map(([name, { properties }]) => [name, properties.KeySchema]);

    expect(Object.fromEntries(keys)).toEqual({
      orders: [{ AttributeName: TABLE_KEYS.orders, KeyType: "HASH" }],
      stock: [{ AttributeName: TABLE_KEYS.stock, KeyType: "HASH" }],
      notifications: [{ AttributeName: TABLE_KEYS.notifications, KeyType: "HASH" }],
      "failed-messages": [{ AttributeName: TABLE_KEYS.failedMessages, KeyType: "HASH" }],
      effects: [
        { AttributeName: TABLE_KEYS.effects, KeyType: "HASH" },
        { AttributeName: EFFECTS_SORT_KEY, KeyType: "RANGE" },
      ],
      ...Object.fromEntries(
        own.map(({ name, partitionKey, sortKey }) => [
          name,
          [
            { AttributeName: partitionKey, KeyType: "HASH" },
            ...(sortKey === undefined ? [] : [{ AttributeName: sortKey, KeyType: "RANGE" }]),
          ],
        ]),
      ),
    });
  });

  test("J7: have point-in-time recovery, and are billed by request", () => {
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

  test("I14: only resolved and discarded failed messages and declared rows of consumers expire; rows that prevent a second effect never do", () => {
    const expiring = [...tables].filter(
      ([, { properties }]) => properties.TimeToLiveSpecification !== undefined,
    );

    expect(expiring.map(([name, { properties }]) => [name, properties.TimeToLiveSpecification])).toEqual([
      ["failed-messages", { AttributeName: FAILED_TTL_ATTRIBUTE, Enabled: true }],
      ...own.flatMap(({ name, ttl }) =>
        ttl === undefined ? [] : [[name, { AttributeName: ttl, Enabled: true }]],
      ),
    ]);
  });

  test("failed messages are indexed by their place in a listing, without their bodies", () => {
    expect(tables.get("failed-messages")?.properties.GlobalSecondaryIndexes).toEqual([
      {
        IndexName: FAILED_LISTING.indexName,
        KeySchema: [
          { AttributeName: FAILED_LISTING.partitionKey, KeyType: "HASH" },
          { AttributeName: FAILED_LISTING.sortKey, KeyType: "RANGE" },
        ],
        Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: FAILED_LISTING.projected },
      },
    ]);
  });

  test("unfinished orders are in an index whose name and keys never change, because a deployed one would be replaced", () => {
    expect(tables.get("orders")?.properties.GlobalSecondaryIndexes).toContainEqual({
      IndexName: "pending",
      KeySchema: [
        { AttributeName: "pendingShard", KeyType: "HASH" },
        { AttributeName: "createdAt", KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["checkedAt"] },
    });
  });

  test("are retained with protectData", () => {
    for (const { properties, deletionPolicy } of protectedStacks.resources("data", "AWS::DynamoDB::Table")) {
      expect(properties.DeletionProtectionEnabled, properties.TableName).toBe(true);
      expect(deletionPolicy, properties.TableName).toBe("RetainExceptOnCreate");
    }
    for (const [name, { deletionPolicy }] of tables) expect(deletionPolicy, name).toBe("Delete");
  });

  test("are retained with the log groups, which hold audit lines, with protectData", () => {
    const groups = (of: typeof stacks) => of.resources("service", "AWS::Logs::LogGroup");

    expect(groups(protectedStacks).length).toBeGreaterThan(FUNCTIONS.length);
    for (const { id, deletionPolicy } of groups(protectedStacks))
      expect(deletionPolicy, id).toBe("RetainExceptOnCreate");
    for (const { id, deletionPolicy } of groups(stacks)) expect(deletionPolicy, id).toBe("Delete");
  });

  test("are retained with queues and bucket, with protectData", () => {
    const kept = [
      ...protectedStacks.resources("data", "AWS::S3::Bucket"),
      ...protectedStacks.resources("messaging", "AWS::SQS::Queue"),
    ];

    // The bucket, three queues of each consumer and two of the feedback of mails.
    expect(kept.length).toBe(1 + 3 * QUEUE_CONSUMERS.length + 2);
    // The rollback of a first deployment removes them, so that their names are free.
    for (const { id, deletionPolicy } of kept) expect(deletionPolicy, id).toBe("RetainExceptOnCreate");
  });
});

describe("the bucket of crashed batches", () => {
  const [bucket] = stacks.resources("data", "AWS::S3::Bucket");
  const [policy] = stacks.resources("data", "AWS::S3::BucketPolicy");

  test("J1: is private, encrypted, and expires objects after 30 days", () => {
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

  test("accepts TLS only", () => {
    expect(statements(policy?.properties.PolicyDocument)).toEqual([
      expect.objectContaining({ effect: "Deny", conditions: { Bool: { "aws:SecureTransport": "false" } } }),
    ]);
    expect(target(policy?.properties.Bucket)).toContain(bucket?.id);
  });
});
