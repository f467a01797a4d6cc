import { createHash, createHmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import { describe, expect, test } from "vitest";
import { signedHeaders } from "../../../lib/aws-signature.ts";
import { awsTarget, signedFetch } from "../../../lib/operator/target/aws-target.ts";

const KEYS = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
const AT = new Date("2015-08-30T12:36:00.000Z");

/** The signer of the AWS SDK, with hashes of Node. */
const sdkSigner = (credentials: typeof KEYS & { sessionToken?: string }) => {
  class Sha256 {
    readonly #hash;
    constructor(secret?: unknown) {
      this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret as Buffer);
    }
    update(chunk: unknown) {
      this.#hash.update(chunk as Buffer);
    }
    async digest() {
      return this.#hash.digest();
    }
    reset() {}
  }
  return new SignatureV4({ region: "eu-central-1", service: "execute-api", credentials, sha256: Sha256 });
};

describe("a signature", () => {
  test.each<[string, string, string, string?]>([
    ["GET", "https://api.example/v1/orders/ABC", ""],
    [
      "GET",
      "https://api.example/v1/failed-messages?status=OPEN&reason=EXPIRED&from=2026-01-01T00:00:00Z",
      "",
    ],
    ["GET", "https://api.example/v1/failed-messages/order-created~ABC:1:order.created", ""],
    ["GET", "https://api.example/v1/failed-messages/a%20b%2Fc!'()*", ""],
    ["POST", "https://api.example/v1/jobs", '{"why":"ü × 2"}', "a token"],
  ])("of %s %s equals that of the AWS SDK", async (method, address, body, sessionToken) => {
    const url = new URL(address);
    const headers = { "Content-Type": "application/json", "Idempotency-Key": "k 1" };
    const credentials = sessionToken === undefined ? KEYS : { ...KEYS, sessionToken };

    const own = signedHeaders(
      { method, url, headers, body },
      { service: "execute-api", region: "eu-central-1", credentials, at: AT },
    );
    const theirs = await sdkSigner(credentials).sign(
      {
        method,
        protocol: url.protocol,
        hostname: url.hostname,
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        headers: { ...headers, host: url.host },
        ...(body === "" ? {} : { body }),
      },
      { signingDate: AT },
    );

    expect(own["authorization"]).toBe(theirs.headers["authorization"]);
    expect(own["x-amz-date"]).toBe("20150830T123600Z");
  });
});

describe("a deployment", () => {
  const access = { region: "eu-central-1", credentials: async () => KEYS };
  const sends = (text: string, status = 200) => {
    const asked: { url: string; authorization: string | null }[] = [];
    const send: typeof fetch = async (input, init) => {
      asked.push({ url: String(input), authorization: new Headers(init?.headers).get("authorization") });
      return new Response(text, { status });
    };
    return { asked, send };
  };

  test("is found by its stack's output and receives signed requests", async () => {
    const { asked, send } = sends(
      "<member><OutputKey>ApiAddress</OutputKey>\n<OutputValue>https://x.example/v1/</OutputValue></member>",
    );

    const target = await awsTarget("order-events-prod-service", access, send);
    await target.fetch(`${target.url}orders/A`);

    expect(target.url).toBe("https://x.example/v1/");
    expect(asked.map(({ url }) => url)).toEqual([
      "https://cloudformation.eu-central-1.amazonaws.com/?Action=DescribeStacks&Version=2010-05-15&StackName=order-events-prod-service",
      "https://x.example/v1/orders/A",
    ]);
    expect(asked[0]?.authorization).toContain("/eu-central-1/cloudformation/aws4_request");
    expect(asked[1]?.authorization).toContain("/eu-central-1/execute-api/aws4_request");
  });

  const QUEUES = ["order-created", "order-cancelled", "notify-customer"];
  const KAFKA = ["publish-to-kafka", "order-events-kafka"];

  test.each([
    ["without Kafka", QUEUES, [...QUEUES, "publish-events"]],
    ["with Kafka", [...QUEUES, ...KAFKA], [...QUEUES, "publish-events", ...KAFKA]],
  ])(
    "%s has the consumers whose queues are outputs of its stack, and the one without a queue",
    async (_, named, all) => {
      const outputs = named.map(
        (each) => [`QueueUrl${each.replaceAll("-", "")}`, `https://sqs/${each}`] as const,
      );
      const members = [["ApiAddress", "https://x.example/v1/"] as const, ...outputs].map(
        ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
      );
      const { send } = sends(members.join("\n"));

      const { consumers } = await awsTarget("order-events-prod-service", access, send);

      expect(consumers).toEqual(all);
    },
  );

  test("that does not exist is reported with the message of AWS", async () => {
    const { send } = sends("<Error><Message>Stack with id x does not exist</Message></Error>", 400);

    await expect(awsTarget("x", access, send)).rejects.toThrow("Stack with id x does not exist");
  });

  test("without credentials receives no request", async () => {
    const { asked, send } = sends("");
    const withoutCredentials = {
      region: "eu-central-1",
      credentials: () => Promise.reject(new Error("none found")),
    };

    await expect(signedFetch(withoutCredentials, "execute-api", send)("https://x.example/")).rejects.toThrow(
      "none found",
    );
    expect(asked).toEqual([]);
  });
});
