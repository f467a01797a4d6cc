import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { COMMANDS, runCommandLine } from "../../../lib/operator/cli/run-command.ts";

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly key: string | undefined;
}
type Answer = readonly [status: number, body: unknown];

let server: Server;
let url: string;
let asked: Asked[];
let answers: ((request: Asked) => Answer | undefined)[];

beforeEach(async () => {
  asked = [];
  answers = [];
  server = createServer(async (incoming, outgoing) => {
    let text = "";
    for await (const chunk of incoming) text += chunk;
    const request = {
      method: incoming.method ?? "",
      path: incoming.url ?? "",
      body: text === "" ? undefined : JSON.parse(text),
      key: incoming.headers["idempotency-key"]?.toString(),
    };
    asked.push(request);
    const [status, body] = answers.map((answer) => answer(request)).find((one) => one !== undefined) ?? [
      404,
      { code: "NOT_FOUND", title: "There is nothing at this address", requestId: "r-1" },
    ];
    outgoing.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  url = typeof address === "object" && address !== null ? `http://127.0.0.1:${address.port}` : "";
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const on = (method: string, path: string, ...replies: Answer[]) => {
  answers.push((request) =>
    request.method === method && request.path === path
      ? replies.length > 1
        ? replies.shift()
        : replies[0]
      : undefined,
  );
};

async function run(...args: string[]) {
  let out = "";
  let err = "";
  const code = await runCommandLine(args, {
    write: (text) => {
      out += text;
    },
    writeError: (text) => {
      err += text;
    },
    defaultUrl: async () => url,
  });
  return { code, out, err };
}

const ORDER = {
  orderId: "ORDER1",
  customerId: "c-1",
  status: "PENDING",
  lines: [{ sku: "tea", quantity: 2, unitPrice: 450 }],
  amount: { currency: "EUR", minorUnits: 900 },
  version: 1,
  createdAt: "2026-01-01T00:00:00.000Z",
  updatedAt: "2026-01-01T00:00:00.000Z",
};

describe("orders place", () => {
  beforeEach(() => {
    on("POST", "/orders", [202, ORDER]);
    on("GET", "/orders/ORDER1", [200, ORDER], [200, { ...ORDER, status: "CONFIRMED", version: 2 }]);
  });

  it("shows each status with its milliseconds until the final one", async () => {
    on("GET", "/stock/tea", [200, { sku: "tea", onHand: 5, held: 0, available: 5 }]);

    const { code, out } = await run("orders", "place", "--quantity", "2");

    expect(code).toBe(0);
    expect(out).toMatch(/^PENDING +\d+ ms {3}ORDER1 {2}2 × tea {2}9\.00 EUR\nCONFIRMED +\d+ ms .*\n$/);
    expect(asked.find(({ method }) => method === "POST")).toMatchObject({
      path: "/orders",
      key: expect.stringMatching(/./),
      body: { customerId: "c-1", lines: [{ sku: "tea", quantity: 2, unitPrice: 450 }] },
    });
  });

  it("sets the stock of its default SKU where it is unknown or short, and covers the held stock", async () => {
    on("GET", "/stock/tea", [404, {}], [200, { sku: "tea", onHand: 7, held: 7, available: 0 }]);
    on("PUT", "/stock/tea", [200, {}]);

    await run("orders", "place", "--no-wait");
    await run("orders", "place", "--no-wait");

    const counted = asked.filter(({ method }) => method === "PUT").map(({ body }) => body);
    expect(counted).toEqual([{ onHand: 1000 }, { onHand: 1007 }]);
  });

  it("does not change the stock of a given SKU, and sends the given key", async () => {
    const { out } = await run("orders", "place", "--sku", "milk", "--key", "k-1", "--no-wait", "--json");

    expect(JSON.parse(out)).toMatchObject({
      orderId: "ORDER1",
      status: "PENDING",
      elapsedMs: expect.any(Number),
    });
    expect(asked).toMatchObject([{ method: "POST", key: "k-1" }]);
  });

  it("refuses an invalid quantity before any request", async () => {
    const { code, err } = await run("orders", "place", "--quantity", "many");

    expect(code).toBe(3);
    expect(err).toContain("--quantity must be a whole number from 1 to 100000; received many");
    expect(asked).toEqual([]);
  });
});

describe("the other commands", () => {
  it("show and cancel an order", async () => {
    on("GET", "/orders/ORDER1", [200, ORDER]);
    on("POST", "/orders/ORDER1/cancel", [200, { ...ORDER, status: "CANCELLED" }]);

    expect((await run("orders", "show", "ORDER1")).out).toContain("ORDER1  PENDING");
    expect((await run("orders", "cancel", "ORDER1")).out).toContain("ORDER1  CANCELLED");
  });

  it("set and show stock, and encode any SKU in the path", async () => {
    on("PUT", "/stock/..%2F..%2Fx", [200, { sku: "x", onHand: 3, held: 1, available: 2 }]);

    const { out } = await run("stock", "set", "../../x", "3");

    expect(out).toBe("x: 3 on hand, 1 held for orders, 2 available\n");
  });

  it("break with a rate and a time, and repair everything", async () => {
    on("POST", "/_emulator/faults", [200, [{ text: "mail", rate: 0.5 }]], [200, []]);

    const broken = await run("break", "mail", "--rate", "0.5", "--for", "2m");
    const mended = await run("mend");

    expect(broken.out).toBe("mail is broken (50 % of calls)\n");
    expect(mended.out).toBe("no fault is active\n");
    const changes = asked.filter(({ method }) => method === "POST");
    expect(changes.map(({ body }) => body)).toEqual([
      { break: "mail", rate: 0.5, forSeconds: 120 },
      { mend: "all" },
    ]);
  });
});

describe("exit codes", () => {
  it("1 with the problem details of a refused request", async () => {
    const { code, err } = await run("orders", "show", "none");

    expect(code).toBe(1);
    expect(err).toBe("404 NOT_FOUND: There is nothing at this address (request r-1)\n");
  });

  it("1 with the remedy where nothing responds", async () => {
    const { code, err } = await run("stock", "show", "tea", "--url", "http://127.0.0.1:1");

    expect(code).toBe(1);
    expect(err).toContain("npm start");
  });

  it.each([
    ["no command", []],
    ["an unknown command", ["orders", "destroy"]],
    ["a missing argument", ["orders", "show"]],
    ["too many arguments", ["stock", "set", "a", "1", "2"]],
    ["an unknown flag", ["mend", "--now"]],
    ["a rate out of range", ["break", "mail", "--rate", "2"]],
    ["an invalid time", ["break", "mail", "--for", "soon"]],
  ])("3 for %s", async (_name, args) => {
    expect((await run(...args)).code).toBe(3);
    expect(asked).toEqual([]);
  });

  it("0 with the help of every command", async () => {
    const general = await run("--help");
    const each = await Promise.all(COMMANDS.map(({ name }) => run(...name.split(" "), "--help")));

    expect([general, ...each].map(({ code }) => code)).toEqual(Array(COMMANDS.length + 1).fill(0));
    for (const { name } of COMMANDS) expect(general.out).toContain(`order-events ${name}`);
  });
});
