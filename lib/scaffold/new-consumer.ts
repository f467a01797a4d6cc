import {
  EVENT_TYPES,
  type EventType,
  STATUS_RULES,
  STATUSES,
} from "../../functions/contract/order-status.ts";
import { addElement, addImport } from "./edit-source.ts";
import { camel, knownOf, newFunctionName } from "./new-names.ts";
import { imports, type Plan, planOf, ScaffoldError } from "./plan.ts";

export interface NewConsumer {
  readonly name: string;
  readonly on: readonly string[];
  /** One line in the present tense. */
  readonly does?: string;
  /** Its own table. */
  readonly table?: string;
  /** Partition key of the table: one row for each order, or for each customer. */
  readonly key: string;
}

const KEYS = ["orderId", "customerId"] as const;
export const CONSUMER_LIST = "functions/consumers/consumers.ts";
export const CONSUMER_ARRAY = "CONSUMERS";

/** `module` is the declaration as the list imports it. */
export const consumerFiles = (name: string) => ({
  module: `./${name}/consumer.ts`,
  folder: `functions/consumers/${name}`,
  test: `test/component/${name}.test.ts`,
});

/** The three files of a consumer, its line in the list, and a test. Its effect is counting events, once for each. */
export function planConsumer(consumer: NewConsumer): Plan {
  const name = newFunctionName("A consumer's name", consumer.name);
  const on = [...new Set(consumer.on.map(knownType))];
  const { does = `Handles ${on.join(", ")}.`, table } = consumer;
  const key = knownKey(consumer.key);
  if (table !== undefined) refuseTable(table, key);
  const variable = camel(name);
  const { module, folder, test } = consumerFiles(name);
  return planOf(
    {
      [`${folder}/consumer.ts`]: declarationText({ name, on, does, table, key }),
      [`${folder}/effect.ts`]: effectText(name),
      [`${folder}/handler.ts`]: handlerText({ name, on, table, key }),
      [test]: testText({ name, on, table, key }),
    },
    {
      [CONSUMER_LIST]: [addImport(imports([module, [variable]])), addElement(CONSUMER_ARRAY, variable)],
    },
    [
      ["npm run generate", "AsyncAPI with the new consumer"],
      [`npx vitest run --project component ${test}`, "its test"],
      ["npm start", "the emulator with the new consumer"],
    ],
  );
}

interface Parts {
  readonly name: string;
  readonly on: readonly EventType[];
  readonly table: string | undefined;
  readonly key: (typeof KEYS)[number];
}

export const knownType = (type: string): EventType => knownOf("--on", type, EVENT_TYPES);
export const knownKey = (key: string) => knownOf("--key", key, KEYS);

function refuseTable(table: string, key: string): void {
  if (camel(table) === key)
    throw new ScaffoldError(`--table ${table} is named as its key ${key}. Choose another name.`);
  refuseTableName(table);
}

export function refuseTableName(table: string): void {
  if (/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(table) && table.length <= 32) return;
  throw new ScaffoldError(
    `--table is at most 32 lower-case letters, digits and single dashes, as in points; received "${table}".`,
  );
}

function declarationText({ name, on, does, table, key }: Parts & { readonly does: string }): string {
  const tables =
    table === undefined ? "" : `tables: [{ name: ${JSON.stringify(table)}, partitionKey: "${key}" }],`;
  return `${imports(["../define-consumer.ts", ["defineConsumer"]], ["./effect.ts", ["effect"]])}

export const ${camel(name)} = defineConsumer({
  name: "${name}",
  does: ${JSON.stringify(does)},
  on: ${JSON.stringify(on)},
  alsoByBrokers: false,
  access: ["effect-once"],
  ${tables}
  effect,
});
`;
}

function effectText(name: string): string {
  return `${imports(["../define-consumer.ts", ["markedEffect"]])}

/** What an operator reads before a message of it is discarded. */
export const effect = markedEffect(({ order: { orderId }, message: { eventType } }) => [
  \`The effect of ${name} for \${eventType} of order \${orderId} is missing.\`,
]);
`;
}

function handlerText({ name, on, table, key }: Parts): string {
  const variable = camel(name);
  const own = table === undefined ? "" : camel(table);
  const from = key === "orderId" ? "subject: orderId" : "data: { customerId }";
  return `${imports(
    ["../../handlers/wiring/effect-once-of.ts", ["effectOnceOf"]],
    ["../../handlers/wiring/event-consumer.ts", ["eventConsumer"]],
    ...(table === undefined ? [] : [["../../handlers/wiring/own-tables.ts", ["ownTables"]] as const]),
    ["../../middleware/effect-once.ts", ["onceForEach"]],
    ["./consumer.ts", [variable]],
  )}

${
  table === undefined
    ? `/** ${on.join(", ")} → a mark of the event, so that it is handled once. */`
    : `/** ${on.join(", ")} → one more event in the row of its ${key === "orderId" ? "order" : "customer"}. */
const { ${own === table ? own : `${JSON.stringify(table)}: ${own}`} } = ownTables(${variable});
`
}
export const handler = eventConsumer(
  ${variable},
  onceForEach(effectOnceOf(${variable}), (${table === undefined ? "" : `{ ${from} }`}) => ({
    writes: [${table === undefined ? "" : `{ kind: "update", table: ${own}, key: { ${key} }, add: { events: 1 } }`}],
  })),
);
`;
}

function testText({ name, on, table, key }: Parts): string {
  const statusOf = (type: EventType) => STATUSES.find((status) => STATUS_RULES[status].event === type);
  const other = EVENT_TYPES.find((type) => !on.includes(type));
  const rows = on.map((type) => {
    const status = statusOf(type);
    return `eventOf(order("1", { status: "${status}", version: ${status === "PENDING" ? 1 : 2} }))`;
  });
  return `${imports(
    ["vitest", ["beforeEach", "describe", "expect", "test"]],
    ["../../functions/contract/schemas.ts", ["type OrderEvent"]],
    ["../../functions/orders/domain/order.ts", ["eventOf"]],
    ["../fakes/test-consumer.ts", ["reported"]],
    ["../fixtures/events.ts", ["order"]],
    ["../fixtures/lambda-events.ts", ["sqsEvent", "sqsRecord"]],
    ["./rig.ts", ["invoke", "newRig", "type Rig"]],
    ["./rig-rows.ts", ["failed", "outcomes"]],
  )}

let rig: Rig;
beforeEach(() => {
  rig = newRig();
});

const deliver = (event: OrderEvent, messageId: string) =>
  invoke("${name}", sqsEvent(sqsRecord(event, { messageId })));

describe("${name}", () => {
  test.each([${rows.join(", ")}])("has its effect of $type once, however often it comes", async (event) => {
    for (const messageId of ["m1", "m2"]) expect(await deliver(event, messageId)).toEqual(reported());

    expect(outcomes()).toEqual(["done", "duplicate"]);
${
  table === undefined
    ? `    expect([...rig.tables.rows.marks.keys()]).toEqual([\`\${event.id} ${name}\`]);`
    : `    expect([...rig.tables.rows.own.values()]).toEqual([
      { ${key}: event.${key === "orderId" ? "subject" : "data.customerId"}, events: 1 },
    ]);`
}
  });
${
  other === undefined
    ? ""
    : `
  test("ignores ${other}, which it does not subscribe to", async () => {
    const event = eventOf(order("1", { status: "${statusOf(other)}", version: 2 }));

    expect(await deliver(event, "m1")).toEqual(reported());

    expect(outcomes()).toEqual(["ignored"]);
    expect(rig.tables.rows.marks.size).toBe(0);
  });
`
}
  test("parks a malformed body", async () => {
    await invoke("${name}", sqsEvent({ ...sqsRecord(${rows[0]}), body: "{" }));

    expect(failed()).toMatchObject([{ consumer: "${name}", reason: "MALFORMED_JSON" }]);
  });
});
`;
}
