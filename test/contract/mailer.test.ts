import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, createServer as createNetServer } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { sesMailer } from "../../functions/adapters/ses-mailer.ts";
import type { Mail, Mailer } from "../../functions/orders/ports/mailer.ts";
import { memoryMailer } from "../fakes/memory-mailer.ts";
import { pointSdkAt } from "./services.ts";

const mail: Mail = {
  eventId: "01J9ZQ3V5W8X2Y4Z6A7B8C9D0E:2:order.confirmed",
  to: "ada@example.com",
  subject: "Your order — é",
  text: "One line.\n\n  2 × A\n",
};

/** The provider's next response, and its requests so far. */
const provider = {
  answer: "accept" as "accept" | "hang-up" | { readonly status: number; readonly type: string },
  requests: [] as unknown[],
};
let server: Server;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    provider.requests.push(JSON.parse(Buffer.concat(chunks).toString()));
    const { answer } = provider;
    if (answer === "hang-up") {
      request.socket.destroy();
      return;
    }
    const { status, type } = answer === "accept" ? { status: 200, type: "" } : answer;
    response.writeHead(status, {
      "content-type": "application/json",
      ...(type === "" ? {} : { "x-amzn-errortype": type }),
    });
    response.end(JSON.stringify(status === 200 ? { MessageId: "1" } : { message: `${type} for ${mail.to}` }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  pointSdkAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  provider.answer = "accept";
  provider.requests.length = 0;
});

describe.each<[string, () => Mailer]>([
  ["in memory", memoryMailer],
  ["in SES", () => sesMailer("orders@shop.example")],
])("the mailer %s", (_, make) => {
  test("reports when a mail was sent", async () => {
    expect(await make().send(mail)).toEqual({ kind: "sent" });
  });
});

describe("the mailer in SES", () => {
  const send = () => sesMailer("orders@shop.example").send(mail);

  test("sends one request with every part of the mail", async () => {
    await send();

    expect(provider.requests).toEqual([
      {
        FromEmailAddress: "orders@shop.example",
        Destination: { ToAddresses: [mail.to] },
        Content: {
          Simple: {
            Subject: { Data: mail.subject, Charset: "UTF-8" },
            Body: { Text: { Data: mail.text, Charset: "UTF-8" } },
          },
        },
      },
    ]);
  });

  test("H6: sends a mail with its configuration set, tagged with its event", async () => {
    await sesMailer("orders@shop.example", "order-events-prod-mails").send(mail);

    expect(provider.requests).toMatchObject([
      {
        ConfigurationSetName: "order-events-prod-mails",
        EmailTags: [{ Name: "event", Value: "01J9ZQ3V5W8X2Y4Z6A7B8C9D0E_2_order-confirmed" }],
      },
    ]);
  });

  // https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html#API_SendEmail_Errors
  test.each([
    ["AccountSuspendedException", 400, "not-sent"],
    ["BadRequestException", 400, "refused"],
    ["LimitExceededException", 400, "throttled"],
    ["MailFromDomainNotVerifiedException", 400, "refused"],
    ["MessageRejected", 400, "refused"],
    ["NotFoundException", 404, "refused"],
    ["SendingPausedException", 400, "not-sent"],
    ["TooManyRequestsException", 429, "throttled"],
    ["ThrottlingException", 400, "throttled"],
    ["InternalFailure", 500, "unknown"],
    ["ServiceUnavailable", 503, "unknown"],
    // SES has not sent a mail that it declines, whatever the error.
    ["AccessDeniedException", 403, "not-sent"],
    ["SomethingNew", 400, "not-sent"],
    ["SomethingNew", 500, "unknown"],
  ])("H3: with the response %s (%i) the mail is %s, after one attempt", async (type, status, kind) => {
    provider.answer = { status, type };

    expect(await send()).toMatchObject({ kind, error: { name: type } });
    expect(provider.requests).toHaveLength(1);
  });

  test("H1: a reply that is lost leaves the outcome unknown, after one attempt", async () => {
    provider.answer = "hang-up";

    expect(await send()).toMatchObject({ kind: "unknown" });
    expect(provider.requests).toHaveLength(1);
  });

  test("H2: an unreachable provider has sent nothing", async () => {
    const closed = createServer().listen(0, "127.0.0.1");
    await once(closed, "listening");
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, "close");
    const before = process.env["AWS_ENDPOINT_URL"] ?? "";
    pointSdkAt(`http://127.0.0.1:${port}`);

    expect(await send()).toMatchObject({ kind: "not-sent" });
    pointSdkAt(before);
  });

  test("H2: a provider that accepts no connection in time has sent nothing", async () => {
    const before = process.env["AWS_ENDPOINT_URL"] ?? "";
    // A private address without a host: either there is no answer, or no route.
    pointSdkAt("http://10.255.255.1");

    expect(await send()).toMatchObject({ kind: "not-sent" });
    pointSdkAt(before);
  });

  test("H1: a connection that is reset before the reply leaves the outcome unknown", async () => {
    const reset = createNetServer((socket) => socket.on("data", () => socket.resetAndDestroy()));
    reset.listen(0, "127.0.0.1");
    await once(reset, "listening");
    const before = process.env["AWS_ENDPOINT_URL"] ?? "";
    pointSdkAt(`http://127.0.0.1:${(reset.address() as AddressInfo).port}`);

    expect(await send()).toMatchObject({ kind: "unknown" });
    pointSdkAt(before);
    reset.close();
  });

  test("each mail has a connection of its own, so that none is sent on one that has died", async () => {
    const mailer = sesMailer("orders@shop.example");
    const connections = new Set<unknown>();
    const note = (request: { readonly socket: unknown }) => connections.add(request.socket);
    server.on("request", note);

    for (let i = 0; i < 3; i++) await mailer.send(mail);
    server.off("request", note);

    expect(connections.size).toBe(3);
  });
});
