import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { planConsumer } from "../../../lib/scaffold/new-consumer.ts";
import { planEvent } from "../../../lib/scaffold/new-event.ts";
import { planRoute } from "../../../lib/scaffold/new-route.ts";
import { type Plan, planOf, ROOT, ScaffoldError } from "../../../lib/scaffold/plan.ts";
import { planRemoval } from "../../../lib/scaffold/remove-consumer.ts";
import {
  complete,
  KINDS,
  type ScaffoldRequest,
  scaffoldFlags,
} from "../../../lib/scaffold/scaffold-flags.ts";

const consumer = { name: "count-things", on: ["order.confirmed"], key: "orderId" };
const event = { type: "order.teleported", from: ["CONFIRMED"], mayBeCancelled: false };
const route = {
  name: "wrap-order",
  method: "POST",
  path: "/orders/{orderId}/wrap",
  audience: "client",
  fields: [],
};

const filesOf = ({ created, changed }: Plan) => [[...created.keys()], [...changed.keys()]];

describe("a new part is", () => {
  test("a consumer: its folder, a test, and one list", () => {
    expect(filesOf(planConsumer({ ...consumer, table: "things" }))).toEqual([
      [
        "functions/consumers/count-things/consumer.ts",
        "functions/consumers/count-things/effect.ts",
        "functions/consumers/count-things/handler.ts",
        "test/component/count-things.test.ts",
      ],
      ["functions/consumers/consumers.ts"],
    ]);
  });

  test("an event: a row of the table of statuses, and a test", () => {
    const plan = planEvent({ ...event, mail: 'is "elsewhere" for `$1`' });

    expect(filesOf(plan)).toEqual([
      ["test/component/order-teleported.test.ts"],
      ["functions/contract/order-status.ts"],
    ]);
    expect(plan.changed.get("functions/contract/order-status.ts")?.after).toMatch(
      /TELEPORTED: \{\s+event: "order.teleported",\s+mayBeCancelled: false,\s+from: \["CONFIRMED"\],\s+creation: "done",\s+mail: 'is "elsewhere" for `\$1`',/,
    );
  });

  test("a route: a handler, a test, its declaration, and the schema of a body", () => {
    expect(filesOf(planRoute({ ...route, fields: ["colour:string", "ribbon?:boolean"] }))).toEqual([
      ["functions/handlers/wrap-order.ts", "test/component/wrap-order.test.ts"],
      ["functions/contract/schemas.ts", "functions/contract/api.ts"],
    ]);
  });

  test("nothing before it is written", () => {
    for (const path of planConsumer(consumer).created.keys())
      expect(existsSync(join(ROOT, path)), path).toBe(false);
  });
});

describe("refused, with the name or flag at fault", () => {
  test.each<[string, () => Plan, RegExp]>([
    [
      "a consumer called as its table",
      () => planConsumer({ ...consumer, name: "points", table: "points" }),
      /handler\.ts would declare points twice/,
    ],
    [
      "a consumer called as a variable of the list",
      () => planConsumer({ ...consumer, name: "function-names" }),
      /consumers\.ts would declare functionNames twice/,
    ],
    [
      "a consumer called as a variable of its own files",
      () => planConsumer({ ...consumer, name: "effect" }),
      /would declare effect twice/,
    ],
    ["a reserved word", () => planConsumer({ ...consumer, name: "delete" }), /reserved word/],
    [
      "a property of every object",
      () => planConsumer({ ...consumer, name: "constructor" }),
      /property of every object/,
    ],
    [
      "a table called as its key",
      () => planConsumer({ ...consumer, table: "order-id" }),
      /--table order-id is named as its key/,
    ],
    [
      "a route whose schema exists",
      () => planRoute({ ...route, name: "order-view", fields: ["a:string"] }),
      /would declare OrderViewSchema twice/,
    ],
    [
      "a repeated field",
      () => planRoute({ ...route, fields: ["a:string", "a:integer"] }),
      /--field names a twice/,
    ],
    [
      "the order as a field",
      () => planRoute({ ...route, fields: ["orderId:string"] }),
      /the order is in the path/,
    ],
    [
      "a repeated parameter",
      () => planRoute({ ...route, path: "/things/{id}/same/{id}", fields: ["a:string"] }),
      /--path names id twice/,
    ],
    [
      "a consumer's name with capitals",
      () => planConsumer({ ...consumer, name: "Points" }),
      /received "Points"/,
    ],
    [
      "a consumer's name that is too long",
      () => planConsumer({ ...consumer, name: "a".repeat(33) }),
      /at most 32/,
    ],
    [
      "the name of a consumer",
      () => planConsumer({ ...consumer, name: "notify-customer" }),
      /notify-customer already/,
    ],
    [
      "the name of a function of the API",
      () => planConsumer({ ...consumer, name: "stock" }),
      /stock already/,
    ],
    [
      "the name of a Kafka function",
      () => planConsumer({ ...consumer, name: "publish-to-kafka" }),
      /already/,
    ],
    [
      "an unknown event type",
      () => planConsumer({ ...consumer, on: ["order.x"] }),
      /--on is one of order\.created/,
    ],
    [
      "a table's name",
      () => planConsumer({ ...consumer, table: "My Table" }),
      /--table.*received "My Table"/,
    ],
    [
      "a partition key",
      () => planConsumer({ ...consumer, table: "t", key: "sku" }),
      /--key is one of orderId/,
    ],
    [
      "an event type of two words",
      () => planEvent({ ...event, type: "order.on-hold" }),
      /received "order.on-hold"/,
    ],
    [
      "an event type of another thing",
      () => planEvent({ ...event, type: "stock.low" }),
      /as in order.shipped/,
    ],
    ["an event type that is taken", () => planEvent({ ...event, type: "order.confirmed" }), /already/],
    [
      "a status that is taken",
      () => planEvent({ ...event, type: "order.pending" }),
      /status PENDING already/,
    ],
    ["an unknown status", () => planEvent({ ...event, from: ["LOST"] }), /--from is one of PENDING/],
    ["a mail of two lines", () => planEvent({ ...event, mail: "a\nb" }), /--mail is 1 to 100 printable/],
    [
      "the name of a route's function",
      () => planRoute({ ...route, name: "cancel-order" }),
      /cancel-order already/,
    ],
    ["a method", () => planRoute({ ...route, method: "PATCH" }), /--method is one of GET, POST, PUT/],
    ["a path without a slash", () => planRoute({ ...route, path: "orders" }), /--path.*received "orders"/],
    [
      "a route that is taken",
      () => planRoute({ ...route, path: "/orders/{id}/cancel" }),
      /route of cancel-order/,
    ],
    [
      "another name of a parameter",
      () => planRoute({ ...route, path: "/orders/{id}/wrap" }),
      /called \{orderId\}/,
    ],
    [
      "callers",
      () => planRoute({ ...route, audience: "public" }),
      /--audience is one of anyone, client, reader, operator, administrator/,
    ],
    ["an unknown target", () => planRoute({ ...route, to: "WRAPPED" }), /--to is one of/],
    [
      "a target that no route may set",
      () => planRoute({ ...route, to: "REJECTED" }),
      /no status to move from/,
    ],
    [
      "a move with a body",
      () => planRoute({ ...route, to: "CANCELLED", fields: ["a:string"] }),
      /exclude each other/,
    ],
    [
      "a move without an order",
      () => planRoute({ ...route, path: "/wraps", to: "CANCELLED" }),
      /\{orderId\}/,
    ],
    ["a field without a type", () => planRoute({ ...route, fields: ["colour"] }), /received "colour"/],
    [
      "a field of an unknown type",
      () => planRoute({ ...route, fields: ["colour:rgb"] }),
      /string, integer, boolean/,
    ],
    [
      "to remove a consumer that is not declared",
      () => planRemoval("count-things"),
      /^functions\/consumers\/consumers\.ts declares no consumer count-things\. It declares .*order-created/,
    ],
    ["to remove a path", () => planRemoval("../consumers/order-created"), /declares no consumer \.\.\//],
    [
      "to remove a consumer that other code names",
      () => planRemoval("order-created"),
      /^order-created is part of .*lib\/stacks\/service-stack\.ts.*\. Remove it there first\.$/,
    ],
    ["a body of a GET", () => planRoute({ ...route, method: "GET", fields: ["a:string"] }), /GET has none/],
    ["a route about nothing", () => planRoute({ ...route, path: "/wraps" }), /at least one --field/],
  ])("%s", (_, plan, message) => {
    expect(plan).toThrow(ScaffoldError);
    expect(plan).toThrow(message);
  });

  test("a file that exists", () => {
    expect(() => planOf({ "package.json": "{}" }, {}, [])).toThrow(/^package.json: there already/);
  });
});

describe("flags", () => {
  const incomplete = (...args: string[]) => complete(scaffoldFlags(args), undefined);

  test.each([
    [[], /^Name what is new before the flags: consumer, event, route, remove-consumer; received nothing\.$/],
    [["widget"], /^There is no kind "widget"/],
    [["consumer", "a", "b"], /one <name>; received a b/],
    [["consumer", "a", "--colour", "red"], /--colour/],
  ])("%j are refused", (args, message) => {
    expect(() => scaffoldFlags(args)).toThrow(message);
  });

  test.each([
    [["consumer"], /^<name> is missing: npm run new -- consumer /],
    [["consumer", "a"], /^--on is missing: event types/],
    [["event", "order.teleported", "--no-mail"], /^--cancellable is missing/],
    [["event", "order.teleported", "--cancellable"], /^--mail is missing/],
    [["route", "a", "--method", "GET"], /^--path is missing/],
  ])("without a terminal, %j are refused and the missing one is named", async (args, message) => {
    await expect(incomplete(...args)).rejects.toThrow(message);
  });

  test("that exclude each other are refused", async () => {
    const { kind, values } = await incomplete(
      "event",
      "order.teleported",
      "--cancellable",
      "--mail",
      "x",
      "--no-mail",
    );

    expect(() => kind.plan(values)).toThrow("--mail and --no-mail exclude each other.");
  });

  /** Answers in order. The test fails where a question has none. */
  function terminal(...answers: readonly string[]) {
    const asked: string[] = [];
    const ask = async (question: string) => {
      asked.push(question);
      const answer = answers[asked.length - 1];
      if (answer === undefined) throw new Error(`There is no answer to ${question}`);
      return answer;
    };
    return { asked, ask };
  }

  test("that are missing are asked for in a terminal, those that may be absent as well", async () => {
    const { asked, ask } = terminal("order.teleported", "CONFIRMED, REJECTED", "no", "is elsewhere");

    const { kind, values }: ScaffoldRequest = await complete(scaffoldFlags(["event"]), ask);

    expect(asked).toHaveLength(4);
    expect(kind.plan(values).changed.get("functions/contract/order-status.ts")?.after).toMatch(
      /mayBeCancelled: false,\s+from: \["CONFIRMED", "REJECTED"\],\s+creation: "done",\s+mail: "is elsewhere"/,
    );
  });

  test.each([
    [
      "consumer",
      ["count-things", "order.confirmed", "things", "customerId"],
      { table: "things", key: "customerId" },
    ],
    ["consumer", ["count-things", "order.confirmed", ""], { on: ["order.confirmed"] }],
    ["route", ["wrap-order", "get", "/orders/{orderId}/wrap", ""], { method: "get" }],
    ["route", ["wrap-order", "POST", "/wraps", "", "colour:string"], { field: ["colour:string"] }],
  ])("of a %s are answered by %j", async (kind, answers, expected) => {
    const { asked, ask } = terminal(...answers);

    const { values, kind: plans } = await complete(scaffoldFlags([kind]), ask);

    expect(asked).toHaveLength(answers.length);
    expect(values).toMatchObject(expected);
    expect(() => plans.plan(values)).not.toThrow();
  });

  test("with nothing required missing are taken without a question", async () => {
    const { asked, ask } = terminal();

    await complete(scaffoldFlags(["consumer", "count-things", "--on", "order.confirmed"]), ask);

    expect(asked).toEqual([]);
  });

  test.each([
    [
      "consumer",
      ["Points", "count-things", "order.confirmd", "order.confirmed", "My Table", "things", "sku", ""],
      [
        /^Name/,
        /received "Points"/,
        /^Event types/,
        /--on is one of .*"order\.confirmd"/,
        /^A table/,
        /received "My Table"/,
        /^Partition key/,
        /--key is one of/,
      ],
    ],
    [
      "event",
      ["order.pending", "order.teleported", "LOST", "", "perhaps", "no", "é", ""],
      [
        /^Name/,
        /status PENDING already/,
        /^Statuses/,
        /received "LOST"/,
        /^May an/,
        /yes or no; received "perhaps"/,
        /^The end/,
        /printable ASCII/,
      ],
    ],
    [
      "route",
      ["stock", "wrap-order", "PATCH", "POST", "wraps", "/wraps", "REJECTED", "", "colour", "colour:string"],
      [
        /^Name/,
        /stock already/,
        /^Method/,
        /received "PATCH"/,
        /^Path/,
        /received "wraps"/,
        /^Status/,
        /no status to move from/,
        /^Fields/,
        /received "colour"/,
      ],
    ],
  ])(
    "of a %s are asked for again after an invalid answer, with its fault",
    async (kind, answers, questions) => {
      const { asked, ask } = terminal(...answers);

      await complete(scaffoldFlags([kind]), ask);

      expect(asked).toEqual(questions.map((each) => expect.stringMatching(each)));
    },
  );

  test("an empty answer about the mail stands for none", async () => {
    const request = scaffoldFlags(["event", "order.teleported", "--cancellable"]);

    const { values } = await complete(request, async () => "");

    expect(values).toMatchObject({ cancellable: true, "no-mail": true });
  });

  test("of each example make a plan", async () => {
    for (const { name, example } of KINDS) {
      const args = [...example.matchAll(/"([^"]*)"|(\S+)/g)].map(
        ([, quoted, plain]) => quoted ?? plain ?? "",
      );
      const { kind } = await incomplete(...args.slice(args.indexOf(name)));
      expect(kind.name).toBe(name);
    }
  });
});
