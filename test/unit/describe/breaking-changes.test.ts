import { describe, expect, test } from "vitest";
import { asyncapi } from "../../../lib/describe/asyncapi.ts";
import { asyncapiChanges, type Document, openapiChanges } from "../../../lib/describe/breaking-changes.ts";
import { checkDocument } from "../../../lib/describe/contract-check.ts";
import { openapi as wholeOpenapi } from "../../../lib/describe/openapi.ts";

// biome-ignore lint/suspicious/noExplicitAny: a document has no types; a wrong path fails the test.
type Loose = any;
/** A few routes of the document: a comparison of all takes half a second. */
function openapi(few = ["/orders", "/orders/{orderId}", "/stock/{sku}"]): object {
  const { paths, ...document } = wholeOpenapi() as Loose;
  return { ...document, paths: Object.fromEntries(few.map((path) => [path, paths[path]])) };
}

/** The document, and a copy with a change. */
const changed = (make: () => object, change: (document: Loose) => void): readonly [Document, Document] => {
  const [before, after] = [make(), make()].map((each) => JSON.parse(JSON.stringify(each)));
  change(after);
  return [before, after];
};
const withoutField = (schema: Loose, name: string): void => {
  delete schema.properties[name];
  schema.required = schema.required.filter((each: string) => each !== name);
};

describe("a change of the API", () => {
  const stock = (document: Loose) => document.components.schemas.Stock;
  const countStock = (document: Loose) => document.components.schemas.CountStock;
  const changesBy = (change: (document: Loose) => void) =>
    openapiChanges(...changed(() => openapi(), change));

  test.each<[what: string, change: (document: Loose) => void, sentence: RegExp]>([
    [
      "that removes a field of an answer",
      (document) => withoutField(stock(document), "held"),
      /^GET \/stock\/\{sku\} answer 200 lacks properties\/held$/,
    ],
    [
      "that makes a field of an answer optional",
      (document) => stock(document).required.splice(0, 1),
      /^GET \/stock\/\{sku\} answer 200 lacks required\/0: "sku"$/,
    ],
    [
      "that changes the type of a field of an answer",
      (document) => Object.assign(stock(document).properties.held, { type: "string" }),
      /^GET \/stock\/\{sku\} answer 200 has another properties\/held\/type: "integer" → "string"$/,
    ],
    [
      "that adds a required field to a request",
      (document) => {
        countStock(document).properties.reason = { type: "string" };
        countStock(document).required.push("reason");
      },
      /^PUT \/stock\/\{sku\} body has the new properties\/reason$/,
    ],
    [
      "that limits a field of a request",
      (document) => Object.assign(countStock(document).properties.onHand, { maximum: 5 }),
      /^PUT \/stock\/\{sku\} body has another properties\/onHand\/maximum: 1000000000 → 5$/,
    ],
    [
      "that adds a required parameter",
      ({ paths }) =>
        paths["/stock/{sku}"].get.parameters.push({
          ...{ name: "depot", in: "query", required: true, schema: { type: "string" } },
        }),
      /^GET \/stock\/\{sku\} has the new parameters\/1$/,
    ],
    ["that removes an operation", ({ paths }) => delete paths["/orders"].post, /^POST \/orders is gone$/],
    [
      "that renames an operation",
      ({ paths }) => Object.assign(paths["/orders"].post, { operationId: "createOrder" }),
      /^POST \/orders has another operationId: "placeOrder" → "createOrder"$/,
    ],
    [
      "that takes an operation from a role",
      ({ paths }) => Object.assign(paths["/stock/{sku}"].get, { security: [{ sigv4: ["operator"] }] }),
      /^GET \/stock\/\{sku\} .*security/,
    ],
  ])("%s breaks", (_, change, expected) => {
    const { breaking } = changesBy(change);

    expect(breaking).toContainEqual(expect.stringMatching(expected));
  });

  test.each<[what: string, change: (document: Loose) => void]>([
    ["nothing", () => {}],
    [
      "an optional field of a request",
      (document) => Object.assign(countStock(document).properties, { why: { type: "string" } }),
    ],
    [
      "a field of an answer",
      (document) => {
        stock(document).properties.depot = { type: "string" };
        stock(document).required.push("depot");
      },
    ],
    [
      "a route",
      ({ paths }) => Object.assign(paths, { "/depots": { get: { operationId: "x", responses: {} } } }),
    ],
    ["a text", ({ paths }) => Object.assign(paths["/orders"].post, { summary: "Places an order." })],
    ["a schema that no operation uses", ({ components }) => Object.assign(components.schemas, { X: {} })],
    [
      "a wider limit of a request",
      (document) => Object.assign(countStock(document).properties.onHand, { maximum: 2e9 }),
    ],
  ])("that adds %s breaks nothing", (_, change) => {
    expect(changesBy(change).breaking).toEqual([]);
  });

  test("the type of an enumeration of texts, and the name of an alternative, are none", () => {
    const [named, bare] = changed(
      () => openapi(["/jobs"]),
      ({ components: { schemas } }) => {
        delete schemas.StartJob.properties.act.type;
        schemas.JobNotStarted.anyOf = [schemas.JobPreview, schemas.Job];
      },
    );

    expect(openapiChanges(bare, named)).toEqual({ breaking: [], notable: [] });
  });

  test("a new value in an answer is noted: clients have to accept it", () => {
    const { breaking, notable } = changesBy(({ components }) =>
      components.schemas.Status.enum.push("SHIPPED"),
    );

    expect(breaking).toEqual([]);
    expect(notable).toContainEqual(expect.stringMatching(/^GET \/orders\/\{orderId\} .*enum.*"SHIPPED"$/));
  });
});

describe("a change of the events", () => {
  const event = (document: Loose) => document.components.schemas.OrderEvent;
  const changesBy = (change: (document: Loose) => void) => asyncapiChanges(...changed(asyncapi, change));

  test.each<[what: string, change: (document: Loose) => void, sentence: RegExp]>([
    [
      "that removes a type of event",
      ({ components, channels }) => {
        delete components.messages["order-rejected"];
        for (const { messages } of Object.values<Loose>(channels)) delete messages["order-rejected"];
      },
      /^publish-events to order-events: order\.rejected is gone$/,
    ],
    [
      "that removes a field of the event",
      (document) => withoutField(event(document).properties.data, "customerId"),
      /^publish-events to order-events: order\.created lacks properties\/data\/properties\/customerId$/,
    ],
    [
      "that gives a channel another address",
      ({ channels }) => Object.assign(channels.kafka, { address: "orders" }),
      /^publish-to-kafka to [\w.-]+: order\.created is gone$/,
    ],
    [
      "that renames an operation",
      ({ operations }) => {
        operations["publish-orders"] = operations["publish-events"];
        delete operations["publish-events"];
      },
      /^publish-events to order-events: order\.created is gone$/,
    ],
    [
      "that passes a consumer fewer types",
      ({ channels }) => delete channels["notify-customer"].messages["order-rejected"],
      /^notify-customer from notify-customer: order\.rejected is gone$/,
    ],
  ])("%s breaks", (_, change, expected) => {
    expect(changesBy(change).breaking).toContainEqual(expect.stringMatching(expected));
  });

  test.each<[what: string, change: (document: Loose) => void]>([
    ["nothing", () => {}],
    [
      "a field",
      (document) => Object.assign(event(document).properties.data.properties, { gift: { type: "boolean" } }),
    ],
    [
      "a type of event",
      ({ components, channels }) => {
        components.schemas.OrderEvent.properties.type.enum.push("order.shipped");
        components.messages["order-shipped"] = {
          ...components.messages["order-created"],
          name: "order.shipped",
        };
        channels.topic.messages["order-shipped"] = { $ref: "#/components/messages/order-shipped" };
      },
    ],
    [
      "a consumer",
      ({ channels, operations }) => {
        channels["award-points"] = channels["notify-customer"];
        operations["award-points"] = { action: "receive", channel: { $ref: "#/channels/award-points" } };
      },
    ],
  ])("that adds %s breaks nothing", (_, change) => {
    expect(changesBy(change).breaking).toEqual([]);
  });
});

describe("the check of a document", () => {
  const DOCUMENT = {
    name: "openapi.json",
    changes: openapiChanges,
    source: "lib/describe/openapi.ts",
  } as const;
  const breakingChange = (version: string) =>
    changed(openapi, (document) => {
      withoutField(document.components.schemas.Stock, "held");
      document.info.version = version;
    });

  test.each(["1.0.0", "1.1.0"])(
    "refuses a breaking change in the version %s, and says what to do",
    (version) => {
      const { isRefused, lines } = checkDocument(DOCUMENT, ...breakingChange(version));

      expect(isRefused).toBe(true);
      expect(lines[0]).toBe("openapi.json: 2 changes break readers of version 1.0.0");
      expect(lines.at(-1)).toContain("raise the major version in lib/describe/openapi.ts");
    },
  );

  test("accepts it in the next major version", () => {
    const { isRefused, lines } = checkDocument(DOCUMENT, ...breakingChange("2.0.0"));

    expect(isRefused).toBe(false);
    expect(lines[0]).toBe("openapi.json: breaks, as its version says (1.0.0 → 2.0.0)");
  });

  test("accepts a document that breaks nothing", () => {
    expect(checkDocument(DOCUMENT, ...changed(openapi, () => {}))).toEqual({
      isRefused: false,
      lines: ["openapi.json: nothing breaks (1.0.0 → 1.0.0)"],
    });
  });
});
