import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { handler } from "../../lib/constructs/rabbitmq-mappings-handler.ts";
import { BROKER } from "./existing-broker.ts";
import { granted } from "./grants.ts";
import { synthesized } from "./synthesized.ts";

let server: Server;
let address: string;
/** Lambda's answers to the deletions of a mapping, in turn; the last one stays. */
let lambda: number[];
/** The interfaces that EC2 lists, in turn; the last list stays. */
let interfaces: string[][];
let asked: string[];
let answers: Record<string, unknown>[];

const next = <T>(of: T[]): T => (of.length > 1 ? of.shift() : of[0]) as T;

async function respond(request: IncomingMessage): Promise<[number, string]> {
  const body = await text(request);
  if (request.method === "PUT") {
    answers.push(JSON.parse(body));
    return [200, ""];
  }
  asked.push(`${request.method} ${request.url} ${decodeURIComponent(body.replaceAll("+", " "))}`.trim());
  if (request.method === "DELETE") return [next(lambda), "{}"];
  const items = next(interfaces).map((id) => `<item><networkInterfaceId>${id}</networkInterfaceId></item>`);
  return [200, `<networkInterfaceSet>${items.join("")}</networkInterfaceSet>`];
}

beforeEach(async () => {
  lambda = [404];
  interfaces = [[]];
  asked = [];
  answers = [];
  server = createServer((request, response) => {
    void respond(request).then(([status, body]) => response.writeHead(status).end(body));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const name of ["AWS_ENDPOINT_URL_LAMBDA", "AWS_ENDPOINT_URL_EC2"]) vi.stubEnv(name, address);
  vi.stubEnv("AWS_REGION", "eu-central-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "none");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "none");
});
afterEach(() => {
  vi.unstubAllEnvs();
  server.close();
});

const run = (RequestType: "Create" | "Update" | "Delete", remainingMs = 600_000) =>
  handler(
    {
      RequestType,
      ResponseURL: `${address}/answer`,
      StackId: "stack",
      RequestId: "request",
      LogicalResourceId: "Mappings",
      ResourceProperties: { Mappings: ["one", "two"], AccountId: "123", UrlSuffix: "amazonaws.com" },
    },
    { getRemainingTimeInMillis: () => remainingMs },
    1,
  );

describe("the release of mappings", () => {
  test.each(["Create", "Update"] as const)("on %s calls nothing", async (type) => {
    await run(type);

    expect(asked).toEqual([]);
    expect(answers).toMatchObject([{ Status: "SUCCESS" }]);
  });

  test("on Delete deletes each mapping and looks for its interfaces by their descriptions", async () => {
    await run("Delete");

    expect(asked.sort()).toEqual([
      "DELETE /2015-03-31/event-source-mappings/one",
      "DELETE /2015-03-31/event-source-mappings/two",
      "POST / Action=DescribeNetworkInterfaces&Version=2016-11-15&Filter.1.Name=description&" +
        "Filter.1.Value.1=AWS Lambda VPC ENI-armq-123-one*&Filter.1.Value.2=AWS Lambda VPC ENI-armq-123-two*",
    ]);
    expect(answers).toMatchObject([{ Status: "SUCCESS" }]);
  });

  test("on Delete answers only once the mappings are gone and their interfaces are released", async () => {
    lambda = [202, 202, 409, 409, 404];
    interfaces = [["eni-1", "eni-2"], ["eni-2"], ["eni-2"], []];

    await run("Delete");

    expect(interfaces).toEqual([[]]);
    expect(lambda).toEqual([404]);
    expect(answers).toMatchObject([{ Status: "SUCCESS" }]);
  });

  test("fails a deletion that takes longer than the function, and names what is left", async () => {
    interfaces = [["eni-1"]];

    await run("Delete", 0);

    expect(answers).toMatchObject([
      {
        Status: "FAILED",
        Reason: expect.stringMatching(/has not released eni-1 yet\. Delete the stack again/),
      },
    ]);
  });

  test("fails where a call is denied, with the answer", async () => {
    lambda = [403];

    await run("Delete");

    expect(answers).toMatchObject([
      { Status: "FAILED", Reason: expect.stringMatching(/Lambda answered 403 to the deletion of one/) },
    ]);
  });
});

describe.each([
  ["its own broker", synthesized({ backbones: "queues,rabbitmq" })],
  ["an existing broker", synthesized({ backbones: "queues,rabbitmq", ...BROKER })],
])("the stack with %s", (_, stacks) => {
  const mappings = stacks
    .resources("rabbitmq", "AWS::Lambda::EventSourceMapping")
    .filter(({ properties }) => properties.Queues !== undefined);
  const [release] = stacks.resources("rabbitmq", "Custom::RabbitMQMappings");

  test("deletes every mapping of the broker before the roles that Lambda releases its interfaces with", () => {
    const ids = ((release?.properties.Mappings ?? []) as Record<string, unknown>[]).map((each) =>
      JSON.stringify(each),
    );
    const before = JSON.stringify(release?.dependsOn);

    expect(ids.sort()).toEqual(mappings.map(({ id }) => JSON.stringify({ "Fn::GetAtt": [id, "Id"] })).sort());
    for (const type of ["AWS::IAM::Role", "AWS::IAM::Policy"])
      for (const name of ["ordereventsrabbitmq", "rabbitmqdeadletters", "rabbitmqmappings"]) {
        const found = stacks.resources("rabbitmq", type).find(({ id }) => id.startsWith(name));
        expect(before).toContain(found?.id);
      }
  });

  test("permits nothing else to the function, which is outside of the network", () => {
    const rights = granted(stacks, "rabbitmq", "rabbitmq-mappings");
    const found = stacks
      .resources("rabbitmq", "AWS::Lambda::Function")
      .find(({ id }) => id.startsWith("rabbitmqmappings"));

    expect(
      Object.keys(rights)
        .filter((action) => !action.startsWith("logs:"))
        .sort(),
    ).toEqual(["ec2:DescribeNetworkInterfaces", "lambda:DeleteEventSourceMapping"]);
    expect(rights["lambda:DeleteEventSourceMapping"]).toHaveLength(mappings.length);
    expect(found?.properties.VpcConfig).toBeUndefined();
  });
});
