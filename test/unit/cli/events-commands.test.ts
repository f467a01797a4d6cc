import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { EVENT_TYPES } from "../../../functions/contract/order-status.ts";
import type { OrderEvent } from "../../../functions/contract/schemas.ts";
import { CATALOGUE } from "../../../lib/operator/events/catalogue.ts";
import { checkedEvent } from "../../../lib/operator/events/event-faults.ts";
import { type StubbedApi, stubbedApi } from "./stubbed-api.ts";

const ORDER_ID = "7FY1TXTB4T8ZSF4K2KXRM6K64W";
const ORDER = {
  orderId: ORDER_ID,
  customerId: "grace",
  status: "CANCELLED",
  lines: [{ sku: "coffee", quantity: 3, unitPrice: 100 }],
  amount: { currency: "JPY", minorUnits: 300 },
  version: 3,
};

let api: StubbedApi;
beforeEach(() => {
  api = stubbedApi();
  // The emulator is known by its functions.
  api.answers["GET /_emulator"] = [{ functions: [], topic: { arn: "arn:topic", region: "eu-central-1" } }];
});
afterEach(() => {
  vi.unstubAllGlobals();
});

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "events-"));
  onTestFinished(() => rm(made, { recursive: true }));
  return made;
}
const sent = () => api.asked.find(({ path }) => path === "/_emulator/events")?.body as { body: string };

describe("order-events events", () => {
  test("list: prints each type with its publishers and consumers, without a target", async () => {
    const plain = await api.run("events", "list");
    const json = await api.run("events", "list", "--json");

    for (const type of EVENT_TYPES) expect(plain.text).toContain(type);
    expect(plain.text).toMatch(/order\.created .*publish-events.*order-created/);
    expect(JSON.parse(json.text)).toEqual(CATALOGUE);
    expect(api.asked).toEqual([]);
  });

  test.each(EVENT_TYPES)("example %s: prints a valid event of a new order", async (type) => {
    const [one, other] = [await api.run("events", "example", type), await api.run("events", "example", type)];

    for (const { text, code } of [one, other]) {
      expect(code).toBe(0);
      expect(checkedEvent(text)).toMatchObject({ kind: "event", event: { type } });
    }
    expect(JSON.parse(one.text).subject).not.toBe(JSON.parse(other.text).subject);
  });

  test("example --order: fills the event from the order, the first event with the version 1", async () => {
    api.answers[`GET /orders/${ORDER_ID}`] = [ORDER];

    const [first, latest] = await Promise.all(
      ["order.created", "order.cancelled"].map(async (type) =>
        JSON.parse((await api.run("events", "example", type, "--order", ORDER_ID)).text),
      ),
    );

    expect(first).toMatchObject({ id: `${ORDER_ID}:1:order.created`, data: { customerId: "grace" } });
    expect(latest).toMatchObject({
      id: `${ORDER_ID}:3:order.cancelled`,
      data: { lines: ORDER.lines, amount: ORDER.amount, orderVersion: 3 },
    });
  });

  test("show: prints the body of an event as the API has it", async () => {
    const id = `${ORDER_ID}:1:order.created`;
    const event = { id, type: "order.created", data: { customerId: "gr\u001bace" } };
    api.answers[`GET /order-events/${id}`] = [event];

    const { text, code } = await api.run("events", "show", id);

    expect(code).toBe(0);
    expect(JSON.parse(text)).toEqual(event);
    expect(text).not.toContain("\u001b");
  });

  test("example --as: prints the command that sends it", async () => {
    const curl = await api.run(
      "events",
      "example",
      "order.created",
      "--as",
      "curl",
      "--to",
      "notify-customer",
    );
    const aws = await api.run("events", "example", "order.created", "--as", "aws");

    expect(curl.text).toMatch(/^curl -sS 'http:\/\/emulator\/_emulator\/events' .*notify-customer/);
    expect(aws.text).toMatch(/^aws sns publish --region eu-central-1 --topic-arn 'arn:topic' --message '\{/);
  });

  test("send: sends a valid event to the emulator and prints who gets it", async () => {
    api.answers["POST /_emulator/events"] = [
      { eventId: `${ORDER_ID}:1:order.created`, type: "order.created", to: ["order-created"] },
    ];

    const { code, text } = await api.run("events", "send", "order.created", "--to", "order-created");

    expect(code).toBe(0);
    expect(text).toContain(`${ORDER_ID}:1:order.created sent to order-created`);
    expect(text).toContain(`order-events orders timeline ${ORDER_ID}`);
    expect(sent()).toEqual({ body: expect.any(String), to: "order-created" });
    expect(checkedEvent(sent().body)).toMatchObject({ kind: "event" });
  });

  test("send --file: sends the file byte for byte", async () => {
    const file = join(await folder(), "event.json");
    const text = ` ${JSON.stringify(CATALOGUE.events[0]?.example)}\n`;
    await writeFile(file, text);
    api.answers["POST /_emulator/events"] = [{ eventId: "x", to: [] }];

    await api.run("events", "send", "order.created", "--file", file);

    expect(sent()).toEqual({ body: text });
  });

  const other = (changes: Partial<OrderEvent>) =>
    JSON.stringify({ ...CATALOGUE.events[0]?.example, ...changes });
  test.each([
    [["order.lost"], 3, "<type> must be one of order.created"],
    [["order.created", "--data", "{"], 1, "The event is not JSON"],
    [["order.created", "--data", other({ subject: "x" })], 1, "/subject must be 26 digits"],
    [["order.confirmed", "--data", other({})], 1, "the type order.created, not order.confirmed"],
    [["order.created", "--data", "{}", "--order", ORDER_ID], 3, "exclude each other"],
    [["order.created", "--file", "none.json"], 1, "none.json cannot be read"],
  ])("send %j sends nothing and prints the fault", async (args, code, message) => {
    expect(await api.run("events", "send", ...args)).toMatchObject({
      code,
      errors: expect.stringContaining(message),
    });
    expect(sent()).toBeUndefined();
  });

  test("send: never to a deployment, but names the command for the operator's own permission", async () => {
    api.answers["GET /_emulator"] = [];

    const { code, errors } = await api.run("events", "send", "order.created", "--url", "https://api.example");

    expect(code).toBe(3);
    expect(errors).toContain("order-events events example order.created --as aws");
    expect(sent()).toBeUndefined();
  });

  test("replay: a dry run without --yes, then the act with its reason", async () => {
    const answer = { orderId: ORDER_ID, eventId: `${ORDER_ID}:1:order.created`, consumer: "order-created" };
    api.answers[`POST /orders/${ORDER_ID}/replays`] = [
      { ...answer, outcome: "would send", because: "the effect is done" },
      { ...answer, outcome: "sent" },
    ];
    const replay = (...more: string[]) =>
      api.run("events", "replay", ORDER_ID, "--event", "order.created", "--to", "order-created", ...more);

    const tried = await replay();
    const done = await replay("--yes", "--why", "its row was lost");

    expect(tried.text).toContain(
      "would send to order-created: the effect is done\nnothing was changed; to apply:  --yes",
    );
    expect(done.text).toBe(`${ORDER_ID}:1:order.created  sent to order-created\n`);
    expect(api.asked.filter(({ method }) => method === "POST").map(({ body }) => body)).toEqual([
      { type: "order.created", consumer: "order-created", why: "a dry run", dryRun: true },
      { type: "order.created", consumer: "order-created", why: "its row was lost", dryRun: false },
    ]);
  });

  test.each([
    [[], "--event and --to are required"],
    [["--event", "order.lost", "--to", "order-created"], "--event must be one of"],
    [["--event", "order.created", "--to", "me"], "--to must be one of"],
    [["--event", "order.created", "--to", "order-created", "--yes"], "--yes needs --why"],
  ])("replay %j is a usage error", async (flags, message) => {
    expect(await api.run("events", "replay", ORDER_ID, ...flags)).toMatchObject({
      code: 3,
      errors: expect.stringContaining(message),
    });
    expect(api.asked.filter(({ method }) => method === "POST")).toEqual([]);
  });

  test("export: writes the page and the AsyncAPI document into a new folder", async () => {
    const out = join(await folder(), "new", "catalogue");

    const { code, text } = await api.run("events", "export", "--out", out);

    expect(code).toBe(0);
    expect(text.trimEnd().split("\n")).toEqual([join(out, "index.html"), join(out, "asyncapi.json")]);
    expect(await readFile(join(out, "index.html"), "utf8")).toContain("<h2>order.created</h2>");
    expect(JSON.parse(await readFile(join(out, "asyncapi.json"), "utf8"))).toMatchObject({
      asyncapi: "3.0.0",
    });
  });

  test("export: a folder that cannot be made is named", async () => {
    const file = join(await folder(), "file");
    await writeFile(file, "");

    expect(await api.run("events", "export", "--out", join(file, "x"))).toMatchObject({
      code: 1,
      errors: expect.stringContaining("cannot be written"),
    });
    expect(await api.run("events", "export")).toMatchObject({ code: 3 });
  });
});
