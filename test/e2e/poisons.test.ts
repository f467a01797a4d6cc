import { beforeAll, describe, expect, it } from "vitest";
import type { OrderView } from "../../functions/contract/schemas.ts";
import { outcomesOf } from "./audit-lines.ts";
import { depthOf, drained, eventAbout, failedKey, put, putTogether } from "./messages.ts";
import { metricLines } from "./metric-lines.ts";
import { openTarget } from "./open-target.ts";
import { forgetFailed } from "./tables.ts";
import { untilTrue } from "./until.ts";

const { target, api, own } = await openTarget();
let order: OrderView;
beforeAll(async () => {
  await api.stockUp(own("tea"), 100);
  order = await api.decidedOrder(own("tea"), 1);
});

const good = () => eventAbout(order, "order.created", 1);
const changed = (change: object) => JSON.stringify({ ...good(), ...change });
const inside = (change: object) => changed({ data: { ...good().data, ...change } });
const priced = (quantity: string) => JSON.stringify(good()).replace('"quantity":1', `"quantity":${quantity}`);

const POISONS: readonly (readonly [what: string, body: () => string, reason: string])[] = [
  ["G1: not JSON", () => "hello", "MALFORMED_JSON"],
  ["G1: truncated JSON", () => JSON.stringify(good()).slice(0, -1), "MALFORMED_JSON"],
  ["G1: a byte order mark", () => `\uFEFF${JSON.stringify(good())}`, "MALFORMED_JSON"],
  ["JSON null", () => "null", "MALFORMED_JSON"],
  ["a list", () => JSON.stringify([good()]), "MALFORMED_JSON"],
  ["a number", () => "42", "MALFORMED_JSON"],
  [
    "G6: a key that changes prototypes",
    () => changed({}).replace("{", '{"__proto__":{"a":1},'),
    "BAD_ENCODING",
  ],
  [
    "B12: an SNS envelope",
    () =>
      JSON.stringify({ Type: "Notification", TopicArn: "arn:aws:sns:x", Message: JSON.stringify(good()) }),
    "ENVELOPE_MISMATCH",
  ],
  ["G3: an unknown type", () => changed({ type: "order.exploded" }), "UNKNOWN_TYPE"],
  ["G3: version 999", () => changed({ dataschema: "urn:order-events:order:999" }), "UNSUPPORTED_VERSION"],
  ["G3: version 0", () => changed({ dataschema: "urn:order-events:order:0" }), "UNSUPPORTED_VERSION"],
  ["an object that is not an event", () => JSON.stringify({ hello: "world" }), "INVALID_EVENT"],
  ["no id", () => changed({ id: undefined }), "INVALID_EVENT"],
  ["an id that is a number", () => changed({ id: 7 }), "INVALID_EVENT"],
  ["an id of 10 KB", () => changed({ id: "x".repeat(10_240) }), "INVALID_EVENT"],
  ["an id of another order", () => changed({ id: `${"0".repeat(26)}:1:order.created` }), "INVALID_EVENT"],
  ["a subject that is not an order id", () => changed({ subject: "../../x" }), "INVALID_EVENT"],
  ["30 February", () => changed({ time: "2026-02-30T00:00:00Z" }), "INVALID_EVENT"],
  ["no lines", () => inside({ lines: [] }), "INVALID_EVENT"],
  ["G5: quantity 0", () => priced("0"), "INVALID_EVENT"],
  ["G5: quantity -1", () => priced("-1"), "INVALID_EVENT"],
  ["G5: quantity 1.5", () => priced("1.5"), "INVALID_EVENT"],
  ['G5: quantity "5"', () => priced('"5"'), "INVALID_EVENT"],
  ["G5: quantity 1e400", () => priced("1e400"), "INVALID_EVENT"],
  ["G5: quantity 2^53+1", () => priced("9007199254740993"), "INVALID_EVENT"],
  ["G5: quantity null", () => priced("null"), "INVALID_EVENT"],
];

describe("a poison is parked at its first attempt", () => {
  it.concurrent.each(POISONS)("%s", async (_, bodyOf, reason) => {
    const body = bodyOf();
    await forgetFailed(target, failedKey("order-created", body));

    await put(target, "order-created", body);

    const row = await api.failed(failedKey("order-created", body), "OPEN");
    expect(row).toMatchObject({ consumer: "order-created", reason, failures: 1, generation: 1 });
    expect(await api.failedBody(failedKey("order-created", body))).toMatchObject({ body });
  });

  it("and its queue is empty, as is the dead-letter queue", async () => {
    await drained(target, "order-created");

    expect(await depthOf(target, "order-created", "dead-letters")).toBe(0);
  });
});

it("G4: an additive field is not a poison", async () => {
  const before = await api.stock(own("tea"));

  await put(target, "order-created", changed({ colour: "green", data: { ...good().data, gift: true } }));
  await drained(target, "order-created");

  const key = failedKey("order-created", good());
  const { status } = await api.call("GET /failed-messages/{failedKey}", { failedKey: key });
  expect(status).toBe(404);
  expect(await api.stock(own("tea"))).toEqual(before);
});

it("B14, I11: three poisons among ten messages of one batch are parked, the other seven handled once", async () => {
  const counted = (outcome: string) => target.counted(outcome, "order-created", "order.created");
  const before = await counted("duplicate");
  const neighbours = await Promise.all(Array.from({ length: 7 }, () => api.decidedOrder(own("tea"), 1)));
  const poisons = ["first", "second", "third"].map((which) => own(`${which} poison`));
  const [first = "", second = "", third = ""] = poisons;
  const events = neighbours.map((each) => eventAbout(each, "order.created", 1));

  await putTogether(target, "order-created", [
    ...events.slice(0, 2),
    first,
    ...events.slice(2, 5),
    second,
    third,
    ...events.slice(5),
  ]);

  for (const poison of poisons) {
    const row = await api.failed(failedKey("order-created", poison), "OPEN");
    expect(row).toMatchObject({ reason: "MALFORMED_JSON", failures: 1 });
  }
  await drained(target, "order-created");
  const outcomes = () => Promise.all(events.map((event) => outcomesOf(target, "order-created", event)));
  await untilTrue("each of the seven has a duplicate", async () =>
    (await outcomes()).every((each) => each.includes("duplicate")),
  );
  await untilTrue("the duplicates are counted", async () => (await counted("duplicate")) - before >= 7);
  for (const each of await outcomes()) expect(each.filter((outcome) => outcome === "done")).toEqual(["done"]);
  expect(await depthOf(target, "order-created", "dead-letters")).toBe(0);
});

describe("the metrics add up", () => {
  it.each(["order-created", "notify-customer", "publish-events"])(
    "I17: %s: received = consumed + duplicate + ignored + failed + parked",
    async (consumer) => {
      const lines = metricLines(await target.logs(), consumer);

      expect(lines).not.toEqual([]);
      for (const line of lines) {
        const count = (name: string) => Number(line[`mq.messages.${name}`] ?? 0);
        const finished = ["consumed", "duplicate", "ignored", "failed", "parked"].map(count);
        expect(finished.reduce((sum, each) => sum + each)).toBe(count("received"));
      }
    },
  );
});
