import { ResponseType } from "aws-cdk-lib/aws-apigateway";
import { describe, expect, test } from "vitest";
import { ROUTES } from "../../functions/contract/api.ts";
import { PROBLEMS } from "../../functions/contract/errors.ts";
import { mayCall, ROLES, type Role } from "../../functions/contract/roles.ts";
import { GATEWAY_PROBLEMS } from "../../lib/constructs/gateway-responses.ts";
import { type Resource, shortName, statements, synthesized, target } from "./synthesized.ts";

const stacks = synthesized();
const methods = stacks.resources("service", "AWS::ApiGateway::Method");
const pathParts = new Map(
  stacks.resources("service", "AWS::ApiGateway::Resource").map((each) => [each.id, each]),
);
const responses = stacks.resources("service", "AWS::ApiGateway::GatewayResponse");
const [stage] = stacks.resources("service", "AWS::ApiGateway::Stage");

function pathOf(resourceId: { Ref?: string }): string {
  const resource = pathParts.get(resourceId.Ref ?? "");
  return resource ? `${pathOf(resource.properties.ParentId)}/${resource.properties.PathPart}` : "";
}

function functionOf(method: Resource): string {
  const uri = target(method.properties.Integration.Uri);
  const found = stacks
    .resources("service", "AWS::Lambda::Function")
    .find(({ id }) => uri.includes(`"${id}"`));
  return shortName(found?.properties.FunctionName ?? "");
}

describe("the API", () => {
  test("has each declared route at its function, and no other", () => {
    const routes = methods.map((each) => [
      `${each.properties.HttpMethod} ${pathOf(each.properties.ResourceId)}`,
      functionOf(each),
    ]);

    expect(Object.fromEntries(routes)).toEqual(
      Object.fromEntries(ROUTES.map((route) => [`${route.method} ${route.path}`, route.function])),
    );
    expect(routes).toContainEqual(["POST /orders", "place-order"]);
    expect(routes).toContainEqual(["POST /failed-messages/{failedKey}/redrive", "failed-messages"]);
  });

  test("J3: accepts only signed requests, on every method", () => {
    expect(methods).toHaveLength(ROUTES.length);
    for (const { id, properties } of methods) {
      expect(properties.AuthorizationType, id).toBe("AWS_IAM");
      expect(properties.Integration.Type, id).toBe("AWS_PROXY");
    }
  });

  test("J2: each function can be invoked by its own route only", () => {
    const permissions = stacks
      .resources("service", "AWS::Lambda::Permission")
      .filter(({ properties }) => properties.Principal === "apigateway.amazonaws.com");

    expect(permissions).toHaveLength(ROUTES.length);
    for (const { id, properties } of permissions)
      expect(target(properties.SourceArn), id).toContain(":execute-api:");
  });

  test("J4: throttles by the rate and burst of the settings", () => {
    const other = synthesized({ throttleRate: 7, throttleBurst: 9 });

    expect(stage?.properties.MethodSettings).toEqual([
      expect.objectContaining({ HttpMethod: "*", ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 }),
    ]);
    expect(other.resources("service", "AWS::ApiGateway::Stage")[0]?.properties.MethodSettings).toEqual([
      expect.objectContaining({ HttpMethod: "*", ThrottlingRateLimit: 7, ThrottlingBurstLimit: 9 }),
    ]);
  });

  test("J1: logs requests without their caller", () => {
    const logged = JSON.parse(stage?.properties.AccessLogSetting.Format);

    expect(Object.values(logged).sort()).toEqual([
      "$context.error.responseType",
      "$context.httpMethod",
      "$context.integrationLatency",
      "$context.requestId",
      "$context.requestTimeEpoch",
      "$context.resourcePath",
      "$context.responseLatency",
      "$context.status",
    ]);
    expect(stage?.properties.MethodSettings[0].DataTraceEnabled).toBe(false);
  });

  test("sets the account's role for logs, unless the account has one", () => {
    const without = synthesized({ apiLogRole: "false" });

    expect(stacks.resources("service", "AWS::ApiGateway::Account")).toHaveLength(1);
    expect(without.resources("service", "AWS::ApiGateway::Account")).toEqual([]);
  });
});

describe("the responses of the gateway itself", () => {
  test.each(responses.map((each) => [each.properties.ResponseType as string, each] as const))(
    "J3: %s is a problem of the error table",
    (_, { properties }) => {
      const problem = JSON.parse(properties.ResponseTemplates["application/json"]);
      const known = PROBLEMS[problem.code as keyof typeof PROBLEMS];

      expect(Object.keys(problem)).toEqual(["type", "title", "status", "code", "detail", "requestId"]);
      const type = `urn:order-events:problem:${problem.code}`;
      expect(problem).toMatchObject({ type, ...known, requestId: "$context.requestId" });
      expect(properties.StatusCode).toBe(String(known.status));
      expect(properties.ResponseParameters).toEqual({
        "gatewayresponse.header.Content-Type": "'application/problem+json'",
      });
    },
  );

  test("leave no type with another status to DEFAULT_4XX and DEFAULT_5XX", () => {
    const listed = new Set(GATEWAY_PROBLEMS.map(({ type }) => type.responseType));
    const known = Object.values(ResponseType).filter((each) => each instanceof ResponseType);

    expect(known.length).toBeGreaterThan(20);
    expect(known.map(({ responseType }) => responseType).filter((type) => !listed.has(type))).toEqual([
      "AUTHORIZER_FAILURE",
      "AUTHORIZER_CONFIGURATION_ERROR",
      "BAD_REQUEST_PARAMETERS",
      "BAD_REQUEST_BODY",
    ]);
  });

  test("cover 403, 404, 413, 429, 500, 504 and all other statuses", () => {
    const covered = Object.fromEntries(
      GATEWAY_PROBLEMS.map(({ type, code }) => [type.responseType, PROBLEMS[code].status]),
    );

    expect(responses).toHaveLength(GATEWAY_PROBLEMS.length);
    expect(covered).toMatchObject({
      MISSING_AUTHENTICATION_TOKEN: 403,
      ACCESS_DENIED: 403,
      RESOURCE_NOT_FOUND: 404,
      REQUEST_TOO_LARGE: 413,
      THROTTLED: 429,
      API_CONFIGURATION_ERROR: 500,
      INTEGRATION_TIMEOUT: 504,
      DEFAULT_4XX: 400,
      DEFAULT_5XX: 500,
    });
  });
});

describe("the policy of", () => {
  const policies = stacks.resources("service", "AWS::IAM::ManagedPolicy");
  const policyOf = (role: Role) => {
    const [found] = policies.filter(({ properties }) => shortName(properties.ManagedPolicyName) === role);
    return found?.properties.PolicyDocument;
  };
  const granted = (role: Role) => statements(policyOf(role));
  /** Resources that a role may invoke, as `GET/orders/*`. */
  const patternsOf = (role: Role) =>
    granted(role)
      .filter(({ actions }) => actions.includes("execute-api:Invoke"))
      .flatMap(({ resources }) => resources.map((each) => /\/v1\/([^"]+)"/.exec(target(each))?.[1] ?? ""));
  /** A star of IAM covers slashes too. */
  const covers = (pattern: string, request: string) =>
    new RegExp(`^${pattern.replaceAll(/[.+?$]/g, "\\$&").replaceAll("*", ".*")}$`).test(request);
  const routes = ROUTES.map(
    ({ method, path, audience }) => [`${method}${path.replaceAll(/\{\w+\}/g, "some-id")}`, audience] as const,
  );

  test("each role exists, and no other", () => {
    expect(policies.map(({ properties }) => shortName(properties.ManagedPolicyName)).sort()).toEqual(
      [...ROLES].sort(),
    );
  });

  test.each(ROLES)("%s permits its routes, and none of another role through a star of its own", (role) => {
    const patterns = patternsOf(role);

    const permitted = routes.filter(([request]) => patterns.some((pattern) => covers(pattern, request)));
    expect(permitted).toEqual(routes.filter(([, audience]) => mayCall(role, audience)));
  });

  test("a reader permits no change and no body, an operator one message and one order, an administrator all", () => {
    const can = (role: Role, request: string) => patternsOf(role).some((pattern) => covers(pattern, request));

    expect(patternsOf("reader").filter((pattern) => !pattern.startsWith("GET/"))).toEqual([]);
    expect(can("reader", "GET/failed-messages/order-created~A:1:order.created")).toBe(true);
    expect(can("reader", "GET/failed-message-bodies/order-created~A:1:order.created")).toBe(false);
    expect(can("operator", "GET/failed-message-bodies/order-created~A:1:order.created")).toBe(true);
    expect(can("operator", "POST/failed-messages/x/redrive")).toBe(true);
    expect(can("operator", "POST/jobs")).toBe(false);
    expect(can("operator", "POST/jobs/x/abort")).toBe(true);
    expect(can("operator", "PUT/stock/tea")).toBe(false);
    const refused = ROUTES.map(({ method, path }) => `${method}${path.replaceAll(/\{\w+\}/g, "x")}`).filter(
      (request) => !can("administrator", request),
    );
    expect(refused).toEqual([]);
  });

  test("a client permits orders and the stock of a SKU, and nothing beside the API", () => {
    expect(patternsOf("client")).toContain("POST/orders/*/cancel");
    expect(patternsOf("client").filter((route) => /failed-messages|jobs|access|^PUT/.test(route))).toEqual(
      [],
    );
    expect(granted("client")).toHaveLength(1);
  });

  describe.each(ROLES.filter((role) => role !== "client"))("%s", (role) => {
    test("permits to find the API, and to read queues, metrics, alarms and audit lines", () => {
      const actions = new Set(granted(role).flatMap((each) => each.actions));

      expect([...actions].sort()).toEqual([
        "cloudformation:DescribeStacks",
        "cloudwatch:DescribeAlarms",
        "cloudwatch:GetMetricData",
        "execute-api:Invoke",
        "logs:FilterLogEvents",
        "logs:GetQueryResults",
        "logs:StartQuery",
        "sqs:GetQueueAttributes",
        "sqs:GetQueueUrl",
      ]);
    });

    test("permits to tail the logs that runbooks name: those of the functions and of the API", () => {
      const followed = granted(role)
        .filter(({ actions }) => actions.includes("logs:FilterLogEvents"))
        .flatMap(({ resources }) => resources.map(target));

      // The suffix covers the streams of each group, and excludes the groups of a stage named dev-eu.
      expect(followed).toEqual([expect.stringMatching(/:log-group:\/order-events\/dev\/\*/)]);
    });

    test("permits no table and no queue, so that each action goes through the API and is audited", () => {
      const reached = target(granted(role).map(({ resources }) => resources));

      expect(reached).not.toMatch(/Orders|FailedMessages|Notifications|Stock|Topic/);
    });

    test("fits into the 6,144 characters of a managed policy", () => {
      // The values that AWS puts in place of references, at their longest.
      const text = JSON.stringify(policyOf(role), (_, value) => {
        if (value?.["Ref"] !== undefined) return "ap-southeast-1".padEnd(24, "x");
        if (value?.["Fn::GetAtt"] !== undefined || value?.["Fn::ImportValue"] !== undefined)
          return "x".repeat(110);
        return value?.["Fn::Join"] === undefined ? value : value["Fn::Join"][1];
      });

      expect(text.replaceAll(/[",[\]]{3,}/g, '"').length).toBeLessThan(6_144);
    });
  });
});
