import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { PermissionsSpec } from "../../../lib/emulator/assembly/model.ts";
import { type CallChecks, createCallChecks } from "../../../lib/emulator/calls/call-checks.ts";
import { openDynamoDbProxy } from "../../../lib/emulator/faults/dynamodb-proxy.ts";
import { createFaults } from "../../../lib/emulator/faults/fault-switches.ts";
import { permissionCheck } from "../../../lib/emulator/permissions/check-permissions.ts";
import { provisionTables } from "../../../lib/emulator/provision/create-tables.ts";
import { startDynamoDb } from "../../../lib/emulator/services/dynamodb.ts";
import { startMessaging } from "../../../lib/emulator/services/start-messaging.ts";
import type { Benchmark, Figure } from "./benchmark.ts";
import { quantile } from "./statistics.ts";

const REGION = "eu-central-1";
const KEY = "local-bench";
const TABLE = "bench";
/** Calls of each kind with and without the check, in turns. */
const CALLS = 2_000;
const WARM = 200;
const AT_MOST = 1.05;
/** The quantile that is compared: what else the machine does slows the slower calls. */
const UNDISTURBED = 0.2;

/** The role of a function with some statements, of which the last ones permit the calls. */
const PERMISSIONS: PermissionsSpec = {
  principals: [
    {
      kind: "function",
      name: "bench",
      accessKeyId: KEY,
      arn: "arn:aws:sts::000000000000:assumed-role/bench/bench",
      policies: [
        {
          name: "bench",
          statements: [
            { Effect: "Allow", Action: ["logs:CreateLogStream", "logs:PutLogEvents"], Resource: "*" },
            {
              Effect: "Allow",
              Action: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
              Resource: `arn:aws:dynamodb:*:*:table/${TABLE}`,
            },
            { Effect: "Allow", Action: "sqs:SendMessage", Resource: "arn:aws:sqs:*:*:bench" },
          ],
        },
      ],
    },
  ],
  resourcePolicies: new Map(),
};

/** Two endpoints of each service in one process: one checks permissions, as the emulator does; the other, as with --no-iam, does not. */
export const permissionChecks: Benchmark = {
  name: "permission-checks",
  about: "SDK calls with the check of permissions, against the same calls with --no-iam",
  aims: ["GetItem", "PutItem", "a transaction of three", "SendMessage"].map((figure) => ({
    figure,
    atMost: AT_MOST,
  })),
  async run(progress) {
    const closers: (() => Promise<unknown>)[] = [];
    try {
      const calls = createCallChecks();
      calls.add(permissionCheck({ permissions: PERMISSIONS, region: REGION, onDecided: () => {} }).ofCalls);
      const kinds = [...(await dynamoDbCalls(calls, closers)), await messagingCalls(calls, closers)];
      const figures: Figure[] = [];
      for (const [name, make] of kinds) {
        progress(name);
        figures.push(await compared(name, make));
      }
      return figures;
    } finally {
      for (const close of closers.toReversed()) await close();
    }
  },
};

type Call = () => Promise<unknown>;
type Kind = readonly [name: string, calls: readonly [checked: Call, unchecked: Call]];

async function dynamoDbCalls(
  calls: CallChecks,
  closers: (() => Promise<unknown>)[],
): Promise<readonly Kind[]> {
  const database = await startDynamoDb({});
  closers.push(database.close);
  await provisionTables(database.endpoint, REGION, [
    {
      name: TABLE,
      createInput: {
        TableName: TABLE,
        BillingMode: "PAY_PER_REQUEST",
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
        AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      },
    },
  ]);
  const open = async (checks: CallChecks) => {
    const faults = createFaults({ functions: [], tables: [TABLE] });
    const proxy = await openDynamoDbProxy({
      upstream: database.endpoint,
      tables: [TABLE],
      faults,
      calls: checks,
    });
    const client = new DynamoDBClient(optionsOf(proxy.endpoint));
    closers.push(proxy.close, async () => client.destroy());
    return client;
  };
  const clients = [await open(calls), await open(createCallChecks())] as const;
  const item = (id: string) => ({ id: { S: id }, status: { S: "PENDING" }, lines: { S: "x".repeat(500) } });
  const both = (call: (client: DynamoDBClient) => Promise<unknown>) =>
    [() => call(clients[0]), () => call(clients[1])] as const;
  const updates = ["a", "b", "c"].map((id) => ({
    Update: {
      TableName: TABLE,
      Key: { id: { S: id } },
      UpdateExpression: "SET touched = :now",
      ExpressionAttributeValues: { ":now": { N: "1" } },
    },
  }));
  return [
    ["PutItem", both((client) => client.send(new PutItemCommand({ TableName: TABLE, Item: item("a") })))],
    [
      "GetItem",
      both((client) => client.send(new GetItemCommand({ TableName: TABLE, Key: { id: { S: "a" } } }))),
    ],
    [
      "a transaction of three",
      both((client) => client.send(new TransactWriteItemsCommand({ TransactItems: updates }))),
    ],
  ];
}

async function messagingCalls(calls: CallChecks, closers: (() => Promise<unknown>)[]): Promise<Kind> {
  const open = async (checks?: CallChecks) => {
    const messaging = await startMessaging({
      region: REGION,
      ...(checks === undefined ? {} : { calls: checks }),
    });
    const client = new SQSClient(optionsOf(messaging.endpoint));
    messaging.queues.createQueue(
      "bench",
      `${messaging.endpoint}/000000000000/bench`,
      `arn:aws:sqs:${REGION}:000000000000:bench`,
      {},
    );
    closers.push(messaging.close, async () => client.destroy());
    const QueueUrl = `${messaging.endpoint}/000000000000/bench`;
    return () => client.send(new SendMessageCommand({ QueueUrl, MessageBody: "x".repeat(500) }));
  };
  return ["SendMessage", [await open(calls), await open()]];
}

const optionsOf = (endpoint: string) => ({
  endpoint,
  region: REGION,
  credentials: { accessKeyId: KEY, secretAccessKey: "local" },
  maxAttempts: 1,
});

/** In turns, so that what else the machine does meets both alike. */
async function compared(name: string, [checked, unchecked]: readonly [Call, Call]): Promise<Figure> {
  const times: readonly [number[], number[]] = [[], []];
  for (let round = 0; round < CALLS + WARM; round++) {
    for (const index of round % 2 === 0 ? [0, 1] : [1, 0]) {
      const started = performance.now();
      await (index === 0 ? checked : unchecked)();
      if (round >= WARM) times[index]?.push(performance.now() - started);
    }
  }
  const [own, base] = times.map((each) => quantile(each, UNDISTURBED)) as [number, number];
  const note = `${own.toFixed(3)} ms against ${base.toFixed(3)} ms, the fastest fifth of ${CALLS}`;
  return { name, value: own / base, unit: "x", note };
}
