import { beforeAll, describe, expect, it } from "vitest";
import { ROUTES } from "../../../functions/contract/api.ts";
import { AUDIENCES, ROLES } from "../../../functions/contract/roles.ts";
import { line } from "../client.ts";
import { openOwnEmulator } from "../open-target.ts";
import { until } from "../until.ts";

const { target, api } = await openOwnEmulator({}, {}, [
  { policy: "ordercreatedRole", actions: ["dynamodb:UpdateItem"] },
  { policy: "ordercancelledRole", actions: ["sqs:ReceiveMessage"] },
  { policy: "notifycustomerSourcePolicy", actions: ["sqs:SendMessage"] },
]);
beforeAll(async () => {
  await api.stockUp("tea", 100);
});

const lineWith = (...parts: readonly string[]) =>
  until(`a line with ${parts.join(", ")}`, async () =>
    (await target.logs()).find((text) => parts.every((part) => text.includes(part))),
  );

describe("without its grant", () => {
  it("a transaction of a function is refused with the error of DynamoDB, and its message is retried", async () => {
    const { body } = await api.place({ lines: [line("tea")] });

    const attempt = await lineWith(body.orderId, '"outcome":"retry"');
    expect(attempt).toMatch(
      /AccessDeniedException: User: arn:aws:sts::\d+:assumed-role\/\S+ is not authorized to perform: dynamodb:UpdateItem on resource: \S+table\/order-events-local-orders because no identity-based policy allows/,
    );
    await lineWith("order-created was refused dynamodb:UpdateItem on", "-stock: no policy of its role");
    expect(await api.order(body.orderId)).toMatchObject({ status: "PENDING" });
  });

  it("an event source mapping is not started", async () => {
    await lineWith("order-cancelled was refused sqs:ReceiveMessage on", "no policy of its role");
  });

  it("a topic delivers nothing to a queue that does not accept it", async () => {
    await lineWith("sns.amazonaws.com was refused sqs:SendMessage on", "no policy of the resource allows it");
  });
});

/** Every route with a value for its parameters. */
const REQUESTS = ROUTES.map(
  ({ method, path, audience }) => [method, path.replaceAll(/\{[^}]*\}/g, "none"), audience] as const,
);

describe("a signed request", () => {
  const as = (caller: string) => ({
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=local-${caller}/20260101/x/execute-api/aws4_request`,
    },
  });

  it.each(REQUESTS)("on %s %s is served to the roles of the audience %s", async (method, path, audience) => {
    const served: string[] = [];
    for (const role of ROLES) {
      const { status } = await target.fetch(`${target.url}${path}`, { method, ...as(role) });
      if (status !== 403) served.push(role);
    }

    expect(served).toEqual(AUDIENCES[audience]);
  });

  it("of a client is refused on the routes of operators, as the gateway refuses it", async () => {
    expect(await api.request("/failed-messages?status=OPEN", as("client"))).toMatchObject({
      status: 403,
      body: { code: "FORBIDDEN", detail: "The caller has no permission for this operation." },
    });
    await lineWith(
      "client was refused execute-api:Invoke on",
      "/GET/failed-messages: no policy of client allows it",
    );
  });

  it("of an administrator, of another caller, and an unsigned one are served everywhere", async () => {
    const path = "/failed-messages?status=OPEN";
    const statuses = [
      (await api.request(path, as("administrator"))).status,
      (await api.request(path, as("somewhere"))).status,
      (await fetch(`${target.url}${path}`)).status,
    ];

    expect(statuses).toEqual([200, 200, 200]);
  });
});
