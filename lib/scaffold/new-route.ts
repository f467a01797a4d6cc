import { ROUTES } from "../../functions/contract/api.ts";
import { STATUS_RULES, STATUSES, type Status, sourcesOf } from "../../functions/contract/order-status.ts";
import { AUDIENCES } from "../../functions/contract/roles.ts";
import { addProperty, addText, type Edit } from "./edit-source.ts";
import { camel, knownOf, newFunctionName, pascal } from "./new-names.ts";
import { imports, type Plan, planOf, ScaffoldError } from "./plan.ts";

export interface NewRoute {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly audience: string;
  /** The status that the route sets. */
  readonly to?: string;
  /** Fields of the body, each as `name:type`, or `name?:type` where it may be absent. */
  readonly fields: readonly string[];
}

const AUDIENCE_NAMES = Object.keys(AUDIENCES);
const METHODS = ["GET", "POST", "PUT"] as const;
/** The schema of each type of field, and a value that it accepts. */
const TYPES = {
  string: { schema: "Type.String({ minLength: 1, maxLength: 200 })", value: "x" },
  integer: { schema: "Type.Integer({ minimum: 0, maximum: 1_000_000 })", value: 1 },
  boolean: { schema: "Type.Boolean()", value: true },
} as const;

interface Field {
  readonly name: string;
  readonly type: keyof typeof TYPES;
  readonly isOptional: boolean;
}

const PATH = /^(\/([a-z][a-z0-9-]*|\{[a-z][A-Za-z]*\}))+$/;

/** A function with one route: its declaration, its handler and a test. */
export function planRoute(route: NewRoute): Plan {
  const name = newFunctionName("A function's name", route.name);
  const method = knownMethod(route.method);
  const audience = knownOf("--audience", route.audience, AUDIENCE_NAMES);
  const { path } = route;
  refusePath(path);
  refuseTaken(method, path);
  const fields = route.fields.map(fieldOf);
  refuseRepeated("--field", [...fields.map((field) => field.name), "orderId"]);
  const hasOrder = path.includes("{orderId}");
  if (method === "GET" && fields.length > 0)
    throw new ScaffoldError("--field describes a body, which GET has none of. Choose POST or PUT.");
  const next: Plan["next"] = [
    ["npm run generate", "validators and OpenAPI with the new route"],
    [`npx vitest run --project component test/component/${name}.test.ts`, "its test"],
    ["npm start", "the API with the new route"],
  ];
  if (route.to !== undefined) {
    if (fields.length > 0)
      throw new ScaffoldError("--to and --field exclude each other: a move takes no body.");
    if (!hasOrder || method === "GET")
      throw new ScaffoldError("--to needs POST or PUT, and {orderId} in --path.");
    const to = movable(route.to);
    return planOf(
      moveFiles(name, method, path, to),
      { [API_FILE]: [declare(name, method, path, audience, to)] },
      next,
    );
  }
  if (!hasOrder && fields.length === 0)
    throw new ScaffoldError("A route needs {orderId} in --path, or at least one --field.");
  const schemas: Record<string, Edit[]> =
    fields.length === 0 ? {} : { "functions/contract/schemas.ts": [addText(schemaOf(name, fields))] };
  return planOf(
    answerFiles({ name, method, path, hasOrder, fields }),
    { ...schemas, [API_FILE]: [declare(name, method, path, audience, undefined, fields.length > 0)] },
    next,
  );
}

export const knownMethod = (method: string) => knownOf("--method", method, METHODS);

export function refusePath(path: string): void {
  if (!PATH.test(path))
    throw new ScaffoldError(
      `--path is segments of lower-case letters, digits and dashes, or parameters in braces, as in /orders/{orderId}/ship; received "${path}".`,
    );
  refuseRepeated(
    "--path",
    [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter = ""]) => parameter),
  );
}

function refuseRepeated(flag: string, names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === "orderId" && flag === "--field")
    throw new ScaffoldError("--field orderId: the order is in the path. Choose another name.");
  if (twice !== undefined) throw new ScaffoldError(`${flag} names ${twice} twice.`);
}

const API_FILE = "functions/contract/api.ts";

/** API Gateway takes one parameter name at one place of a path. */
function refuseTaken(method: string, path: string): void {
  const shape = (of: string) => of.replaceAll(/\{\w+\}/g, "{}");
  const same = ROUTES.find((route) => route.method === method && shape(route.path) === shape(path));
  if (same !== undefined)
    throw new ScaffoldError(
      `${method} ${same.path} is a route of ${same.function} already. Choose another path.`,
    );
  for (const [, before = "", parameter] of path.matchAll(/^(.*?)\{(\w+)\}/g)) {
    const other = ROUTES.map(
      (route) => route.path.slice(0, before.length) === before && route.path.slice(before.length),
    )
      .map((rest) => (rest === false ? undefined : /^\{(\w+)\}/.exec(rest)?.[1]))
      .find((each) => each !== undefined && each !== parameter);
    if (other !== undefined)
      throw new ScaffoldError(
        `The parameter after ${before} is called {${other}} in the other routes; received {${parameter}}.`,
      );
  }
}

export function movable(status: string): Status {
  const to = knownOf("--to", status, STATUSES);
  if (sourcesOf(to).length === 0)
    throw new ScaffoldError(
      `--to ${to}: no status to move from. Name them in its row in functions/contract/order-status.ts, as in from: ["CONFIRMED"].`,
    );
  return to;
}

export function fieldOf(text: string): Field {
  const [, name = "", optional, type = ""] = /^([a-z][A-Za-z0-9]*)(\?)?:(\w+)$/.exec(text) ?? [];
  if (name === "" || !(type in TYPES))
    throw new ScaffoldError(
      `--field is name:type or name?:type with one of ${Object.keys(TYPES).join(", ")}, as in country:string; received "${text}".`,
    );
  return { name, type: type as Field["type"], isOptional: optional !== undefined };
}

function schemaOf(name: string, fields: readonly Field[]): string {
  const properties = fields.map(({ name: field, type, isOptional }) => {
    const { schema } = TYPES[type];
    return `${field}: ${isOptional ? `Type.Optional(${schema})` : schema},`;
  });
  return `export const ${pascal(name)}Schema = Type.Object({ ${properties.join(" ")} }, closed);
export type ${pascal(name)} = Static<typeof ${pascal(name)}Schema>;
`;
}

function declare(
  name: string,
  method: string,
  path: string,
  audience: string,
  to?: Status,
  hasBody = false,
): Edit {
  const hasOrder = path.includes("{orderId}");
  const access = to !== undefined ? '"move-orders"' : hasOrder ? '"read-orders"' : "";
  const problems = [...(hasOrder ? ["ORDER_NOT_FOUND"] : []), ...(to === undefined ? [] : ["ORDER_STATUS"])];
  const sentence = name.replaceAll("-", " ");
  const summary = `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.${to === undefined ? "" : ` Sets ${to}; idempotent.`}`;
  const operation = [
    `audience: ${JSON.stringify(audience)}`,
    `operationId: ${JSON.stringify(camel(name))}`,
    `summary: ${JSON.stringify(summary)}`,
    ...(hasBody ? [`body: ${JSON.stringify(pascal(name))}`] : []),
    "status: 200",
    ...(to === undefined && hasBody ? [] : ['answer: "OrderView"']),
    `problems: ${JSON.stringify(problems)}`,
  ];
  return addProperty(
    "API",
    `${/^\w+$/.test(name) ? name : JSON.stringify(name)}: {
      access: [${access}],
      routes: {
        ${JSON.stringify(`${method} ${path}`)}: {
          ${operation.join(",\n")},
        },
      },
    }`,
  );
}

function moveFiles(name: string, method: string, path: string, to: Status): Record<string, string> {
  const [from] = sourcesOf(to);
  const other = STATUSES.find((status) => status !== to && !sourcesOf(to).includes(status));
  const route = `${method} ${path}`;
  const refuses = `
  test("leaves an order alone that is ${other}", async () => {
    const row = put(order("1", { status: "${other}", version: 2 }));

    expect(await move(row.orderId)).toMatchObject({ status: 409, body: { code: "ORDER_STATUS" } });
    expect(rig.tables.rows.orders.get(row.orderId)).toEqual(row);
  });
`;
  return {
    [`functions/handlers/${name}.ts`]: `${imports(
      ["../adapters/dynamodb-client.ts", ["dynamoDbClient"]],
      ["../adapters/dynamodb-order-store.ts", ["dynamoDbOrderStore"]],
      ["../orders/domain/order.ts", ["viewOf"]],
      ["../orders/order-commands.ts", ["moveOrder"]],
      ["./wiring/environment.ts", ["clock", "environment"]],
      ["./wiring/order-http.ts", ["orderHttp"]],
    )}

/** ${route} */
const { ordersTable } = environment("ordersTable");
const move = moveOrder({ orders: dynamoDbOrderStore(dynamoDbClient(), ordersTable, clock), clock }, "${to}");

export const handler = orderHttp<"${name}">({
  "${route}": async (request) => ({
    status: 200,
    body: viewOf(await move(request.parameter("orderId"))),
  }),
});
`,
    [testOf(name)]: `${imports(
      ["vitest", ["beforeEach", "describe", "expect", "test"]],
      ["../fakes/memory-tables.ts", ["eventsOf"]],
      ["../fixtures/events.ts", ["order"]],
      ["./api.ts", ["call"]],
      ["./rig.ts", ["newRig", "type Rig"]],
      ["./rig-rows.ts", ["put"]],
    )}

let rig: Rig;
beforeEach(() => {
  rig = newRig();
});

const move = (orderId: string) => call("${name}", "${route}", { parameter: orderId });

describe("${route}", () => {
  test("sets ${to} once, however often it is called, and emits its event", async () => {
    const { orderId } = put(order("1", { status: "${from}", version: 2 }));

    for (let attempt = 1; attempt <= 2; attempt++)
      expect(await move(orderId)).toMatchObject({ status: 200, body: { status: "${to}", version: 3 } });

    expect(eventsOf(rig.tables).map(({ type }) => type)).toEqual(["${STATUS_RULES[to].event}"]);
  });
${other === undefined ? "" : refuses}
  test("answers 404 where there is no such order", async () => {
    expect(await move(order("1").orderId)).toMatchObject({ status: 404, body: { code: "ORDER_NOT_FOUND" } });
  });
});
`,
  };
}

interface AnswerRoute {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly hasOrder: boolean;
  readonly fields: readonly Field[];
}

/** The handler validates the body, reads the order where the path names one, and answers with both. */
function answerFiles(route: AnswerRoute): Record<string, string> {
  return {
    [`functions/handlers/${route.name}.ts`]: answerHandler(route),
    [testOf(route.name)]: answerTest(route),
  };
}

const testOf = (name: string): string => `test/component/${name}.test.ts`;

function answerHandler({ name, method, path, hasOrder, fields }: AnswerRoute): string {
  const hasBody = fields.length > 0;
  const validator = `is${pascal(name)}`;
  const modules: readonly (readonly [string, readonly string[]])[] = [
    ["../adapters/dynamodb-client.ts", hasOrder ? ["dynamoDbClient"] : []],
    ["../adapters/dynamodb-order-store.ts", hasOrder ? ["dynamoDbOrderStore"] : []],
    ["../contract/request-validators.js", hasBody ? [validator] : []],
    ["../orders/domain/order.ts", hasBody ? [] : ["viewOf"]],
    ["../orders/order-commands.ts", hasOrder ? ["readOrder"] : []],
    ["./wiring/environment.ts", hasOrder ? ["clock", "environment"] : []],
    ["./wiring/order-http.ts", ["orderHttp"]],
  ];
  const ports = `const { ordersTable } = environment("ordersTable");
const read = readOrder({ orders: dynamoDbOrderStore(dynamoDbClient(), ordersTable, clock) });
`;
  const body = hasBody ? (hasOrder ? "{ orderId: order.orderId, ...asked }" : "asked") : "viewOf(order)";
  return `${imports(...modules.filter(([, names]) => names.length > 0))}

/** ${method} ${path} */
${hasOrder ? ports : ""}
export const handler = orderHttp<"${name}">({
  "${method} ${path}": async (request) => {
    ${hasBody ? `const asked = request.json(${validator});` : ""}
    ${hasOrder ? 'const order = await read(request.parameter("orderId"));' : ""}
    return { status: 200, body: ${body} };
  },
});
`;
}

function answerTest({ name, method, path, hasOrder, fields }: AnswerRoute): string {
  const hasBody = fields.length > 0;
  const values = Object.fromEntries(fields.map((field) => [field.name, TYPES[field.type].value]));
  const required = fields.find(({ isOptional }) => !isOptional);
  const hasParameter = path.includes("{");
  const options = [
    ...(hasParameter ? [hasOrder ? "parameter: orderId" : 'parameter: "x"'] : []),
    ...(hasBody ? ["body"] : []),
  ];
  const expected = hasBody ? (hasOrder ? "{ orderId, ...BODY }" : "BODY") : "{ orderId }";
  const sent = hasBody ? "BODY" : "";
  const refuses = `
  test("refuses a body without ${required?.name}, and one with an unknown field", async () => {
    ${hasOrder ? 'put(order("1"));' : ""}
    const { ${required?.name}: _, ...incomplete } = BODY;

    expect(await send(incomplete)).toMatchObject({ status: 400, body: { code: "INVALID_REQUEST" } });
    expect(await send({ ...BODY, unknown: 1 })).toMatchObject({ status: 400, body: { pointer: "/unknown" } });
  });
`;
  const unknown = `
  test("answers 404 where there is no such order", async () => {
    expect(await send(${sent})).toMatchObject({ status: 404, body: { code: "ORDER_NOT_FOUND" } });
  });
`;
  return `${imports(
    ["vitest", ["beforeEach", "describe", "expect", "test"]],
    ...(hasOrder ? [["../fixtures/events.ts", ["order"]] as const] : []),
    ["./api.ts", ["call"]],
    ["./rig.ts", ["newRig"]],
    ...(hasOrder ? [["./rig-rows.ts", ["put"]] as const] : []),
  )}

beforeEach(() => {
  newRig();
});

${hasOrder ? 'const { orderId } = order("1");' : ""}
${hasBody ? `const BODY = ${JSON.stringify(values)};` : ""}
const send = (${hasBody ? "body: object" : ""}) => call("${name}", "${method} ${path}", { ${options.join(", ")} });

describe("${method} ${path}", () => {
  test("answers ${hasBody ? "a valid body" : "with the order"}", async () => {
    ${hasOrder ? 'put(order("1"));' : ""}

    expect(await send(${sent})).toMatchObject({ status: 200, body: ${expected} });
  });
${required === undefined ? "" : refuses}${hasOrder ? unknown : ""}});
`;
}
