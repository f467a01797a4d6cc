import { describe, expect, test } from "vitest";
import type { AwsService } from "../../../lib/emulator/calls/aws-call.ts";
import { requiredPermissions } from "../../../lib/emulator/permissions/required-permissions.ts";

const REGION = "eu-central-1";
const HERE = `${REGION}:000000000000`;
const ORDERS = `arn:aws:dynamodb:${HERE}:table/orders`;
const STOCK = `arn:aws:dynamodb:${HERE}:table/stock`;
const QUEUE = `arn:aws:sqs:${HERE}:jobs`;
const TOPIC = `arn:aws:sns:${HERE}:events`;
const QueueUrl = "http://127.0.0.1:9/000000000000/jobs";

const needed = (service: AwsService, operation: string, input: object = {}) =>
  requiredPermissions({ service, operation, input: { ...input } }, REGION).map(
    ({ action, resource }) => `${action} ${resource}`,
  );

describe("a call of DynamoDB needs", () => {
  test.each([
    ["PutItem", { TableName: "orders", Item: {} }, [`dynamodb:PutItem ${ORDERS}`]],
    ["GetItem", { TableName: ORDERS }, [`dynamodb:GetItem ${ORDERS}`]],
    ["Query", { TableName: "orders", IndexName: "byDay" }, [`dynamodb:Query ${ORDERS}/index/byDay`]],
    [
      "BatchGetItem",
      { RequestItems: { orders: {}, stock: {} } },
      [ORDERS, STOCK].map((each) => `dynamodb:BatchGetItem ${each}`),
    ],
    ["BatchWriteItem", { RequestItems: { stock: [] } }, [`dynamodb:BatchWriteItem ${STOCK}`]],
    ["ListTables", {}, ["dynamodb:ListTables *"]],
    [
      "ExecuteStatement",
      { Statement: 'SELECT * FROM "orders"."byDay"' },
      [`dynamodb:PartiQLSelect ${ORDERS}`],
    ],
    [
      "ExecuteStatement",
      { Statement: "delete from stock where sku = ?" },
      [`dynamodb:PartiQLDelete ${STOCK}`],
    ],
  ])("for %s with %j", (operation, input, expected) => {
    expect(needed("dynamodb", operation, input)).toEqual(expected);
  });

  test("for a transaction the permission of each of its entries on its own table", () => {
    const TransactItems = [
      { Put: { TableName: "orders" } },
      { Update: { TableName: "stock" } },
      { Delete: { TableName: "orders" } },
      { ConditionCheck: { TableName: "stock" } },
    ];

    expect(needed("dynamodb", "TransactWriteItems", { TransactItems })).toEqual([
      `dynamodb:PutItem ${ORDERS}`,
      `dynamodb:UpdateItem ${STOCK}`,
      `dynamodb:DeleteItem ${ORDERS}`,
      `dynamodb:ConditionCheckItem ${STOCK}`,
    ]);
  });

  test("for a reading transaction GetItem", () => {
    expect(
      needed("dynamodb", "TransactGetItems", { TransactItems: [{ Get: { TableName: "orders" } }] }),
    ).toEqual([`dynamodb:GetItem ${ORDERS}`]);
  });
});

describe("a call of another service needs", () => {
  test.each([
    ["sqs", "SendMessageBatch", { QueueUrl }, [`sqs:SendMessage ${QUEUE}`]],
    ["sqs", "GetQueueUrl", { QueueName: "jobs" }, [`sqs:GetQueueUrl ${QUEUE}`]],
    ["sqs", "StartMessageMoveTask", { SourceArn: QUEUE }, [`sqs:StartMessageMoveTask ${QUEUE}`]],
    ["sqs", "ListQueues", {}, ["sqs:ListQueues *"]],
    ["sns", "PublishBatch", { TopicArn: TOPIC }, [`sns:Publish ${TOPIC}`]],
    ["sns", "Unsubscribe", { SubscriptionArn: `${TOPIC}:1` }, [`sns:Unsubscribe ${TOPIC}`]],
    ["s3", "UploadPart", { Bucket: "b", Key: "a/b" }, ["s3:PutObject arn:aws:s3:::b/a/b"]],
    ["s3", "ListObjectsV2", { Bucket: "b" }, ["s3:ListBucket arn:aws:s3:::b"]],
    [
      "s3",
      "DeleteObjects",
      { Bucket: "b", Keys: ["x", "y"] },
      ["x", "y"].map((key) => `s3:DeleteObject arn:aws:s3:::b/${key}`),
    ],
    [
      "s3",
      "CopyObject",
      { Bucket: "b", Key: "x", CopySource: "from/y" },
      ["s3:PutObject arn:aws:s3:::b/x", "s3:GetObject arn:aws:s3:::from/y"],
    ],
    [
      "ses",
      "SendEmail",
      { FromEmailAddress: "Shop <a@b.example>", ConfigurationSetName: "c" },
      [
        `ses:SendEmail arn:aws:ses:${HERE}:identity/a@b.example`,
        `ses:SendEmail arn:aws:ses:${HERE}:configuration-set/c`,
      ],
    ],
    ["cloudwatch", "GetMetricData", {}, ["cloudwatch:GetMetricData *"]],
    ["lambda", "ListEventSourceMappings", {}, ["lambda:ListEventSourceMappings *"]],
    [
      "lambda",
      "UpdateEventSourceMapping",
      { UUID: "1", FunctionArn: "f", Enabled: false },
      [`lambda:UpdateEventSourceMapping arn:aws:lambda:${HERE}:event-source-mapping:1`],
    ],
    ["lambda", "Invoke", { FunctionName: "f" }, [`lambda:InvokeFunction arn:aws:lambda:${HERE}:function:f`]],
  ] as const)("%s %s with %j", (service, operation, input, expected) => {
    expect(needed(service, operation, input)).toEqual(expected);
  });

  test("has the function of an event source mapping as a condition key", () => {
    const input = { UUID: "1", FunctionArn: "arn:aws:lambda:f" };

    expect(
      requiredPermissions({ service: "lambda", operation: "UpdateEventSourceMapping", input }, REGION),
    ).toMatchObject([{ context: { "lambda:FunctionArn": "arn:aws:lambda:f" } }]);
  });

  test("has the sender and the recipients of a mail as condition keys", () => {
    const input = { FromEmailAddress: "a@b.example", Destination: { ToAddresses: ["c@d.example"] } };

    expect(requiredPermissions({ service: "ses", operation: "SendEmail", input }, REGION)).toMatchObject([
      { context: { "ses:FromAddress": "a@b.example", "ses:Recipients": ["c@d.example"] } },
    ]);
  });
});
