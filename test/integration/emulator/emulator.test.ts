import { request } from "node:http";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CREDENTIALS } from "../../../lib/emulator/credentials.ts";
import { otherPort, PortTakenError, startHttpServer } from "../../../lib/emulator/http-server.ts";
import { type Emulator, startEmulator } from "../../../lib/emulator/start-emulator.ts";
import type { LogLine } from "../../../lib/emulator/types.ts";
import { writeTinyAssembly } from "../../fixtures/tiny-assembly.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

let directory: string;
let emulator: Emulator;
beforeAll(async () => {
  directory = temporaryFolder();
  emulator = await startEmulator({ port: 0, assembly: () => writeTinyAssembly(directory) });
});
afterAll(async () => {
  await emulator.close();
});

/** The response of the fixture's echo function. */
interface Echo {
  readonly event: { readonly requestContext: { readonly requestId: string } };
  readonly environment: { readonly table: string };
}

const post = (body: unknown) =>
  fetch(`${emulator.url}/things`, { method: "POST", body: JSON.stringify(body) });

/** Resolves with the next matching line. */
function nextLine(matches: (line: LogLine) => boolean): Promise<LogLine> {
  return new Promise((resolve) => {
    const stop = emulator.logs.onLine((line) => {
      if (!matches(line)) return;
      stop();
      resolve(line);
    });
  });
}

describe("the gateway", () => {
  it("invokes a function with the proxy event of its route", async () => {
    const response = await fetch(`${emulator.url}/things/a%20b?x=1&x=2`, { headers: { "X-Probe": "p" } });

    const { event, environment } = (await response.json()) as Echo;
    expect(event).toMatchObject({
      resource: "/things/{id}",
      path: "/things/a%20b",
      httpMethod: "GET",
      pathParameters: { id: "a%20b" },
      queryStringParameters: { x: "2" },
      multiValueQueryStringParameters: { x: ["1", "2"] },
      headers: { "X-Probe": "p" },
      multiValueHeaders: { "X-Probe": ["p"] },
      body: null,
      isBase64Encoded: false,
      requestContext: {
        stage: "v1",
        resourcePath: "/things/{id}",
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
    });
    expect(response.headers.get("x-amzn-requestid")).toBe(event.requestContext.requestId);
    expect(environment.table).toBe("tiny-local-things");
  });

  it("forwards the response of a function", async () => {
    const response = await post({ answer: { statusCode: 201, headers: { a: "1" }, body: "made" } });

    expect([response.status, response.headers.get("a"), await response.text()]).toEqual([201, "1", "made"]);
  });

  it.each([
    ["returns a malformed response", { answer: 5 }],
    ["throws", { throw: "no" }],
  ])("returns the gateway response of the template when the function %s", async (_name, body) => {
    const response = await post(body);

    expect(response.status).toBe(500);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await response.json()).toMatchObject({ code: "DEFAULT_5XX" });
  });

  it("returns the gateway response of the template for an unknown path, with the request id", async () => {
    const response = await fetch(`${emulator.url}/nothing`);

    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({
      code: "MISSING_AUTHENTICATION_TOKEN",
      requestId: response.headers.get("x-amzn-requestid"),
    });
  });

  it("leads a browser from / to the console, and responds to other clients as API Gateway does", async () => {
    const open = (accept: string, path = "/", method = "GET") =>
      fetch(`${emulator.url}${path}`, { method, headers: { accept }, redirect: "manual" });

    const visit = await open("text/html,*/*;q=0.8");
    const others = [open("*/*"), open("text/html", "/nothing"), open("text/html", "/", "POST")];

    expect([visit.status, visit.headers.get("location")]).toEqual([
      302,
      `${emulator.url}/_emulator/console/`,
    ]);
    expect((await Promise.all(others)).map(({ status }) => status)).toEqual([404, 404, 404]);
  });

  it.each([
    ["localhost", "localhost:1234", 200],
    ["the loopback address", "[::1]:1234", 200],
    ["a foreign name that resolves to loopback", "evil.example", 403],
    ["a foreign name that starts with localhost", "localhost.evil.example:80", 403],
  ])("J3: with the Host %s responds to %s with %i", async (_name, host, status) => {
    expect(await statusWithHost(host, "/things/1")).toBe(status);
  });

  it("A13: refuses a body above 10 MB before the function, and continues", async () => {
    const response = await fetch(`${emulator.url}/things`, {
      method: "POST",
      body: "x".repeat(10 * 1024 * 1024 + 1),
    });

    expect(response.status).toBe(413);
    expect((await post({ answer: { statusCode: 204 } })).status).toBe(204);
  });
});

describe("messages", () => {
  it("B11: reach a queue's function if and only if the filter matches", async () => {
    const sns = new SNSClient({
      endpoint: emulator.endpoints.sns,
      region: emulator.endpoints.region,
      credentials: CREDENTIALS,
    });
    const publish = (Message: string, type: string) =>
      sns.send(
        new PublishCommand({
          TopicArn: emulator.model.topics[0]?.arn ?? "",
          Message,
          MessageAttributes: { type: { DataType: "String", StringValue: type } },
        }),
      );
    const collected = nextLine(({ text }) => text === "collected second");

    await publish("first", "unwanted");
    await publish("second", "wanted");

    expect((await collected).source).toBe("collect");
    expect(emulator.logs.recent().some(({ text }) => text === "collected first")).toBe(false);
    sns.destroy();
  });
});

describe("the control endpoint", () => {
  const control = async (path: string) => (await fetch(`${emulator.url}/_emulator${path}`)).json();

  it("serves the logged metrics of functions", async () => {
    await fetch(`${emulator.url}/things/1`);

    expect(await control("/metrics")).toContainEqual(
      expect.objectContaining({ id: { namespace: "tiny", name: "calls", dimensions: { service: "echo" } } }),
    );
  });

  it("serves queues, alarms, logs of one source, and the description of the emulator", async () => {
    expect(await control("/queues")).toContainEqual(
      expect.objectContaining({ name: "tiny-local-dead", visible: 0 }),
    );
    expect(await control("/alarms")).toMatchObject([{ name: "tiny-local-backlog", state: "OK" }]);
    expect(await control("/logs?source=unknown")).toEqual([]);
    expect(await control("")).toMatchObject({ url: emulator.url, functions: ["echo", "collect"] });
  });

  it("shows the mailbox as a page to a browser and as JSON to others", async () => {
    const page = await fetch(`${emulator.url}/_emulator/mailbox`, { headers: { accept: "text/html" } });

    expect(page.headers.get("content-type")).toContain("text/html");
    expect(await control("/mailbox")).toEqual([]);
  });

  it("breaks a function and repairs it", async () => {
    const send = (body: object) =>
      fetch(`${emulator.url}/_emulator/faults`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });

    const broken = await send({ break: "function:echo", forSeconds: 30 });
    const during = await fetch(`${emulator.url}/things/1`);
    await send({ mend: "all" });
    const after = await fetch(`${emulator.url}/things/1`);

    expect(await broken.json()).toMatchObject([{ text: "function:echo", rate: 1 }]);
    expect([during.status, after.status]).toEqual([500, 200]);
    expect((await send({ break: "unknown" })).status).toBe(400);
    expect((await send({ break: "mail", rate: 2 })).status).toBe(400);
  });

  it("J3: refuses a form and a Host of another site", async () => {
    const form = await fetch(`${emulator.url}/_emulator/faults`, { method: "POST", body: "break=mail" });
    const rebound = await statusWithHost("evil.example", "/_emulator/mailbox");

    expect([form.status, rebound]).toEqual([415, 403]);
  });

  it("rejects other paths", async () => {
    const refused = await fetch(`${emulator.url}/_emulator/nothing`);

    expect(refused.status).toBe(404);
    expect(refused.headers.get("content-type")).toMatch("application/problem+json");
    expect(await refused.json()).toEqual({
      type: "about:blank",
      status: 404,
      detail: "unknown path: GET /_emulator/nothing",
    });
  });
});

describe("the emulator", () => {
  it("names the flag where its port is in use", async () => {
    const port = Number(new URL(emulator.url).port);

    await expect(startHttpServer(port)).rejects.toThrow(PortTakenError);
    expect([80, 4010, 65_535].map(otherPort)).toEqual([1_024, 4_011, 65_534]);
    await expect(startHttpServer(port)).rejects.toThrow(`--port ${port + 1}`);
  });

  it("runs an app without an API, and serves its console all the same", async () => {
    const other = temporaryFolder();
    const assembly = () => writeTinyAssembly(other, { withoutTypes: /^AWS::ApiGateway::/ });
    const started = await startEmulator({ port: 0, assembly });

    const root = await fetch(`${started.url}/`);
    const about = await fetch(`${started.url}/_emulator/console/api/about`);
    await started.close();

    expect([started.apis, root.status, await root.text()]).toEqual([
      [],
      404,
      "The app has no API. The console of the emulator is at /_emulator/console/\n",
    ]);
    expect(await about.json()).toMatchObject({ can: { orders: false, functions: true } });
  });

  it("leaves nothing running when its folder holds no assembly", async () => {
    const other = temporaryFolder();
    const front = await startHttpServer(0);
    const port = Number(new URL(front.url).port);
    await front.close();

    const started = startEmulator({ port, assembly: async () => other });

    await expect(started).rejects.toThrow("holds no cloud assembly");
    const again = await startHttpServer(port);
    await again.close();
  });
});

/** By node:http, because fetch sets Host itself. */
function statusWithHost(host: string, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(`${emulator.url}${path}`, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });
}
