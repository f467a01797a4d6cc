import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ROUTES } from "../../../functions/contract/api.ts";
import { ACCESS_DENIED } from "../../../functions/contract/errors.ts";
import { mayCall, type Role } from "../../../functions/contract/roles.ts";
import type { ApiTarget } from "../../../lib/operator/target/api-client.ts";
import {
  FULL_ACCESS,
  readAccess,
  roleAdvice,
  rolesByPolicy,
} from "../../../lib/operator/target/role-access.ts";
import { type StubbedApi, stubbedApi } from "./stubbed-api.ts";

let api: StubbedApi;
beforeEach(() => {
  api = stubbedApi();
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const denied = (detail = ACCESS_DENIED) =>
  Response.json({ code: "FORBIDDEN", title: "No", detail }, { status: 403 });

describe("a refused command", () => {
  test("names the role that it needs, and the policy that gives it", async () => {
    api.answers["POST /failed-messages/k/redrive"] = [denied()];

    const { code, errors } = await api.run("failed", "redrive", "k");

    expect(code).toBe(1);
    expect(errors).toContain(`403 FORBIDDEN: No. ${ACCESS_DENIED.replace(/\.$/, "")}`);
    expect(errors).toContain("It needs the role operator: attach the operator policy of the stage");
  });

  test("whose signature is not valid names no role", async () => {
    api.answers["PUT /stock/tea"] = [denied("The signature of the request is not valid, or has expired.")];

    const { errors } = await api.run("stock", "set", "tea", "5");

    expect(errors).toContain("403 FORBIDDEN");
    expect(errors).not.toContain("role");
  });
});

describe("a role given by --role", () => {
  test.each([
    ["break mail", "reader", "operator"],
    ["break message", "reader", "operator"],
    ["mend", "client", "operator"],
    ["events send order.created", "reader", "operator"],
    ["queues peek order-created --body", "reader", "operator"],
    ["dead-letters redrive order-created-dlq --yes", "operator", "administrator"],
    ["live --once", "client", "reader"],
  ])("without the permission for %s is refused: %s", async (args, role, needed) => {
    const { code, errors } = await api.run(...args.split(" "), "--role", role);

    expect(code).toBe(1);
    expect(errors).toContain(
      `The role ${role} has no permission for this.\nIt needs the role ${needed}: repeat it with --role ${needed}, or without --role\n`,
    );
    expect(api.asked.filter(({ path }) => path !== "/_emulator")).toEqual([]);
  });

  test("of a reader gets no bodies of a queue's messages, that of an operator does", async () => {
    const message = { id: "m", state: "waiting", sentAt: 0, receives: 0, attributes: {}, body: "secret" };
    api.answers["GET /_emulator/observe/peek?queue=order-created"] = [
      { queue: "order-created", total: 1, messages: [message] },
    ];
    const peek = async (role: string) =>
      (await api.run("queues", "peek", "order-created", "--json", "--role", role)).text;

    expect(await peek("reader")).not.toContain("secret");
    expect(await peek("operator")).toContain("secret");
  });

  test("without the permission to set stock gets the role that it needs", async () => {
    api.answers["PUT /stock/load-1"] = [denied()];

    const { errors } = await api.run("load", "--role", "reader");

    expect(errors).toContain(
      "It needs the role administrator: repeat it with --role administrator, or without --role",
    );
  });
});

describe("the advice", () => {
  const policies = { administrator: "arn:aws:iam::123456789012:policy/admins" };
  const adviceOn = (method: string, path: string) =>
    roleAdvice({ method, path }, { status: 403, detail: ACCESS_DENIED }, rolesByPolicy(policies));

  test.each([
    ["GET", "/failed-messages?status=OPEN", "reader"],
    ["GET", "/failed-messages/order-created~A:1:order.created", "reader"],
    ["GET", "/failed-message-bodies/order-created~A:1:order.created", "operator"],
    ["POST", "/jobs", "administrator"],
    ["POST", "/orders", "client"],
  ])("on %s %s names the role %s", (method, path, role) => {
    expect(adviceOn(method, path)).toContain(`the role ${role}: `);
  });

  test("names the policy by its ARN where the outputs of the stage have it", () => {
    expect(adviceOn("PUT", "/stock/tea")).toContain(`attach ${policies.administrator} to`);
  });

  test("is absent for another path, and for another response", () => {
    expect(adviceOn("GET", "/none")).toBeUndefined();
    expect(
      roleAdvice({ method: "PUT", path: "/stock/tea" }, { status: 409, detail: ACCESS_DENIED }),
    ).toBeUndefined();
  });
});

describe("the operations that are offered", () => {
  const offered = (role: Role) =>
    ROUTES.filter(({ audience }) => mayCall(role, audience)).map(({ operationId }) => operationId);
  const target = (statusOf: (role: string) => number | Error): ApiTarget => ({
    url: "https://api.test",
    fetch: async (input: unknown): Promise<Response> => {
      const status = statusOf(String(input).split("/").at(-1) ?? "");
      if (status instanceof Error) throw status;
      return new Response("{}", { status });
    },
  });

  test.each([
    ["reader", ["reader"]],
    ["operator", ["reader", "operator"]],
    ["administrator", ["reader", "operator", "administrator"]],
  ] as const)(
    "are those of the role %s, which is found by the routes of its policy",
    async (role, served) => {
      const access = await readAccess(target((each) => (served.some((known) => known === each) ? 200 : 403)));

      expect(access).toEqual({ role, operations: offered(role) });
    },
  );

  test("are those of a client where no role of operation is permitted", async () => {
    expect(await readAccess(target(() => 403))).toEqual({ operations: offered("client") });
  });

  test.each([
    ["throttled", (): number => 429],
    ["silent", (): Error => new TypeError("fetch failed")],
  ] as const)("are all while the API is %s: a refusal explains itself", async (_, statusOf) => {
    expect((await readAccess(target(statusOf))).operations).toEqual(FULL_ACCESS.operations);
  });
});

describe("--role", () => {
  test("signs the requests of a command with the key of the role", async () => {
    const sent: Headers[] = [];
    vi.stubGlobal("fetch", async (_: unknown, init: RequestInit) => {
      sent.push(new Headers(init.headers));
      return Response.json({ groups: [] });
    });

    await api.run("failed", "groups", "--role", "reader");

    expect(sent[0]?.get("authorization")).toContain("Credential=local-reader/");
  });

  test.each([
    [["--role", "root"], "--role must be one of client, reader, operator, administrator; received root"],
    [["--role", "reader", "--stage", "prod"], "--role is for the emulator"],
  ])("refuses %j", async (flags, message) => {
    expect(await api.run("failed", "groups", ...flags)).toMatchObject({
      code: 3,
      errors: expect.stringContaining(message),
    });
  });
});
