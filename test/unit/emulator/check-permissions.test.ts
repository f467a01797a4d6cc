import { describe, expect, test } from "vitest";
import type { PolicySpec, PrincipalSpec, StatementSpec } from "../../../lib/emulator/assembly/model.ts";
import type { AwsCall } from "../../../lib/emulator/calls/aws-call.ts";
import {
  type Decided,
  denialLine,
  permissionCheck,
} from "../../../lib/emulator/permissions/check-permissions.ts";
import { knownConditions } from "../../../lib/emulator/permissions/known-conditions.ts";

const REGION = "eu-central-1";
const TABLE = `arn:aws:dynamodb:${REGION}:000000000000:table/orders`;
const QUEUE = `arn:aws:sqs:${REGION}:000000000000:jobs`;

const allow = (Action: unknown, Resource: unknown, more: object = {}): StatementSpec => ({
  Effect: "Allow",
  Action,
  Resource,
  ...more,
});
const deny = (Action: unknown, Resource: unknown, more: object = {}): StatementSpec => ({
  ...allow(Action, Resource, more),
  Effect: "Deny",
});

function checkOf(
  statements: readonly StatementSpec[],
  more: {
    readonly principal?: Partial<PrincipalSpec>;
    readonly resource?: readonly [string, PolicySpec];
  } = {},
) {
  const principal: PrincipalSpec = {
    kind: "function",
    name: "place-order",
    accessKeyId: "local-place",
    arn: "arn:aws:sts::000000000000:assumed-role/place-role/place",
    role: "place-role",
    roleArn: "arn:aws:iam::000000000000:role/place-role",
    policies: [{ name: "own", statements }],
    ...more.principal,
  };
  const decided: Decided[] = [];
  const { permissions, unknownKeys } = knownConditions({
    principals: [principal],
    resourcePolicies: new Map(more.resource === undefined ? [] : [more.resource]),
  });
  const check = permissionCheck({
    permissions,
    region: REGION,
    onDecided: (each) => decided.push(each),
  }).ofCalls;
  return { check, decided, unknownKeys };
}

const call = (
  service: AwsCall["service"],
  operation: string,
  input: object,
  accessKeyId?: string,
): AwsCall => ({
  service,
  operation,
  accessKeyId: accessKeyId ?? "local-place",
  input: { ...input },
  onEnd: () => {},
});
const put = call("dynamodb", "PutItem", { TableName: "orders" });
const send = call("sqs", "SendMessage", { QueueUrl: "http://127.0.0.1:9/000000000000/jobs" });

describe("a call that the role", () => {
  test("permits is executed", async () => {
    const { check, decided } = checkOf([allow("dynamodb:PutItem", TABLE)]);

    expect(await check(put)).toBeUndefined();
    expect(decided).toMatchObject([{ action: "dynamodb:PutItem", decision: { kind: "allowed" } }]);
  });

  test("does not permit has the error of the service, and a line with function, action, resource and policy", async () => {
    const { check, decided } = checkOf([allow("dynamodb:GetItem", TABLE)]);

    expect(await check(put)).toEqual({
      status: 400,
      code: "AccessDeniedException",
      message:
        "User: arn:aws:sts::000000000000:assumed-role/place-role/place is not authorized to perform: dynamodb:PutItem " +
        `on resource: ${TABLE} because no identity-based policy allows the dynamodb:PutItem action`,
    });
    expect(decided.map(denialLine)).toEqual([
      `place-order was refused dynamodb:PutItem on ${TABLE}: no policy of its role place-role allows it (own)`,
    ]);
  });

  test("permits on another resource only is refused", async () => {
    expect(await checkOf([allow("dynamodb:PutItem", `${TABLE}-old`)]).check(put)).toBeDefined();
  });

  test("denies names the policy that denies it", async () => {
    const { check, decided } = checkOf([allow("*", "*"), deny("dynamodb:Put*", "*")]);

    expect(await check(put)).toMatchObject({
      message: expect.stringMatching(/explicit deny in an identity-based policy$/),
    });
    expect(decided.map(denialLine)).toEqual([
      `place-order was refused dynamodb:PutItem on ${TABLE}: the policy own denies it`,
    ]);
  });

  test("is limited by its permissions boundary", async () => {
    const boundary = { name: "limit", statements: [allow("sqs:*", "*")] };
    const { check } = checkOf([allow("*", "*")], { principal: { boundary } });

    expect(await check(put)).toBeDefined();
    expect(await check(send)).toBeUndefined();
  });
});

describe("the policy of a resource", () => {
  const tlsOnly = (value: string) =>
    [
      QUEUE,
      {
        name: "tls",
        statements: [
          deny("sqs:*", QUEUE, {
            Principal: { AWS: "*" },
            Condition: { Bool: { "aws:SecureTransport": value } },
          }),
        ],
      },
    ] as const;

  test("that denies plain HTTP refuses no call of the emulator's own loopback", async () => {
    expect(
      await checkOf([allow("sqs:SendMessage", QUEUE)], { resource: tlsOnly("false") }).check(send),
    ).toBeUndefined();
  });

  test("that denies a call names itself", async () => {
    const { check, decided } = checkOf([allow("sqs:SendMessage", QUEUE)], { resource: tlsOnly("true") });

    expect(await check(send)).toMatchObject({
      status: 403,
      code: "AccessDenied",
      message: expect.stringMatching(
        /sqs:sendmessage on resource: .*explicit deny in a resource-based policy$/,
      ),
    });
    expect(decided.map(denialLine)).toEqual([expect.stringMatching(/: the policy tls denies it$/)]);
  });
});

describe("a transaction", () => {
  const write = call("dynamodb", "TransactWriteItems", {
    TransactItems: [{ Put: { TableName: "orders" } }, { Update: { TableName: "stock" } }],
  });

  test("is refused where one of its entries is not permitted", async () => {
    expect(await checkOf([allow("dynamodb:PutItem", TABLE)]).check(write)).toMatchObject({
      message: expect.stringContaining("dynamodb:UpdateItem"),
    });
  });

  test("is executed where all are", async () => {
    expect(
      await checkOf([allow(["dynamodb:PutItem", "dynamodb:UpdateItem"], "*")]).check(write),
    ).toBeUndefined();
  });
});

describe("a decision", () => {
  test("is made once, and is then there without waiting", async () => {
    const { check, decided } = checkOf([allow("dynamodb:GetItem", TABLE)]);
    const first = check(put);
    await Promise.all([first, check(put)]);

    expect(first).toBeInstanceOf(Promise);
    expect(check(put)).toEqual(await first);
    expect(decided).toHaveLength(1);
  });

  test("is made for each value of a condition key that a policy mentions", async () => {
    const sender = { Condition: { StringEquals: { "ses:FromAddress": "a@b.example" } } };
    const { check } = checkOf([allow("ses:SendEmail", "*", sender)]);
    const mail = (FromEmailAddress: string) => check(call("ses", "SendEmail", { FromEmailAddress }));

    expect(await mail("a@b.example")).toBeUndefined();
    expect(await mail("c@b.example")).toMatchObject({ status: 403, code: "AccessDeniedException" });
  });
});

describe("what cannot be evaluated is not refused:", () => {
  test.each([undefined, "local", "someone"])("the access key %s", async (accessKeyId) => {
    expect(await checkOf([]).check({ ...put, accessKeyId })).toBeUndefined();
  });

  test("a role whose policies are not in the assembly", async () => {
    const { check } = checkOf([], { principal: { unknown: "it is imported" } });

    expect(await check(put)).toBeUndefined();
  });

  test("a condition by a key that only AWS has, which is named", async () => {
    const byTag = {
      Condition: { StringEquals: { "aws:PrincipalTag/team": "shop", "aws:RequestedRegion": REGION } },
    };
    const { check, unknownKeys } = checkOf([
      allow("dynamodb:PutItem", TABLE, byTag),
      deny("dynamodb:PutItem", TABLE, { Condition: { StringEquals: { "aws:PrincipalTag/team": "other" } } }),
    ]);

    expect(await check(put)).toBeUndefined();
    expect(unknownKeys).toEqual(["aws:PrincipalTag/team"]);
  });

  test("but the known key beside it counts", async () => {
    const elsewhere = {
      Condition: { StringEquals: { "aws:PrincipalTag/team": "shop", "aws:RequestedRegion": "us-east-1" } },
    };

    expect(await checkOf([allow("dynamodb:PutItem", TABLE, elsewhere)]).check(put)).toBeDefined();
  });
});
