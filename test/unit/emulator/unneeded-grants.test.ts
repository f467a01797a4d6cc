import { expect, test } from "vitest";
import type { PermissionsSpec, StatementSpec } from "../../../lib/emulator/assembly/model.ts";
import { judgeGrants } from "../../../lib/emulator/permissions/unneeded-grants.ts";

const REGION = "eu-central-1";
const TABLE = `arn:aws:dynamodb:${REGION}:000000000000:table/orders`;
const QUEUE = `arn:aws:sqs:${REGION}:000000000000:jobs`;
const TOPIC = `arn:aws:sns:${REGION}:000000000000:events`;

const permissionsOf = (...statements: StatementSpec[]): PermissionsSpec => ({
  principals: [
    {
      kind: "function",
      name: "place-order",
      arn: "arn:aws:sts::000000000000:assumed-role/place/place",
      policies: [{ name: "own", statements }],
    },
  ],
  resourcePolicies: new Map([
    [
      QUEUE,
      {
        name: "deliveries",
        statements: [
          {
            Effect: "Allow",
            Principal: { Service: "sns.amazonaws.com" },
            Action: "sqs:SendMessage",
            Resource: QUEUE,
          },
        ],
      },
    ],
  ]),
});
const put = { principal: "place-order", action: "dynamodb:PutItem", resource: TABLE };
const deliver = {
  principal: "sns.amazonaws.com",
  action: "sqs:SendMessage",
  resource: QUEUE,
  context: { "aws:SourceArn": TOPIC },
};

const judged = async (statements: StatementSpec[], requests: Parameters<typeof judgeGrants>[1]) =>
  (await judgeGrants(permissionsOf(...statements), requests, REGION)).map(
    ({ principal, action, resource, neededBy }) =>
      `${principal} ${action} ${resource}: ${neededBy === undefined ? "not needed" : "needed"}`,
  );

test("a grant is needed by the requests that are refused without it", async () => {
  const statement = {
    Effect: "Allow",
    Action: ["dynamodb:PutItem", "dynamodb:GetItem"],
    Resource: TABLE,
  } as const;

  expect(await judged([statement], [put, deliver])).toEqual([
    `place-order dynamodb:PutItem ${TABLE}: needed`,
    `place-order dynamodb:GetItem ${TABLE}: not needed`,
    `sns.amazonaws.com sqs:SendMessage ${QUEUE}: needed`,
  ]);
});

test("each resource of a statement is a grant", async () => {
  const statement = { Effect: "Allow", Action: "dynamodb:Put*", Resource: [TABLE, `${TABLE}-old`] } as const;

  expect(await judged([statement], [put])).toEqual([
    `place-order dynamodb:Put* ${TABLE}: needed`,
    `place-order dynamodb:Put* ${TABLE}-old: not needed`,
    `sns.amazonaws.com sqs:SendMessage ${QUEUE}: not needed`,
  ]);
});

test("a grant that another statement holds as well is not needed", async () => {
  const statement = { Effect: "Allow", Action: "dynamodb:PutItem", Resource: TABLE } as const;
  const wider = { Effect: "Allow", Action: "dynamodb:*", Resource: "*" } as const;

  expect(await judged([statement, wider], [put])).toContain(
    `place-order dynamodb:PutItem ${TABLE}: not needed`,
  );
});
