import type { Operation } from "../../functions/contract/api.ts";
import { ROUTES, type Route } from "../../functions/contract/api.ts";
import { PROBLEMS, type ProblemCode } from "../../functions/contract/errors.ts";
import * as operatorAnswers from "../../functions/contract/operator-answers.ts";
import * as operatorSchemas from "../../functions/contract/operator-schemas.ts";
import { AUDIENCES } from "../../functions/contract/roles.ts";
import * as schemas from "../../functions/contract/schemas.ts";

/** Problems of every route. */
const ANYWHERE: readonly ProblemCode[] = ["FORBIDDEN", "THROTTLED", "INTERNAL", "UNAVAILABLE", "TIMEOUT"];
/** Problems of every request body. */
const BODY: readonly ProblemCode[] = [
  "MALFORMED_JSON",
  "BAD_ENCODING",
  "INVALID_REQUEST",
  "BODY_TOO_LARGE",
  "UNSUPPORTED_MEDIA_TYPE",
];

type SchemaName = NonNullable<Operation["body"] | Operation["answer"] | Operation["notStarted"]>;

/** By name. Loaders list the exports of a module in different orders. */
const SCHEMAS: ReadonlyMap<string, object> = new Map(
  Object.entries<object>({ ...schemas, ...operatorSchemas, ...operatorAnswers })
    .map(([exported, schema]) => [exported.replace(/Schema$/, ""), schema] as const)
    .sort(([one], [other]) => (one < other ? -1 : 1)),
);
/** The names of objects and enumerations by their text: an optional part is a copy of its schema. */
const NAMES: ReadonlyMap<string, string> = new Map(
  [...SCHEMAS].flatMap(([name, schema]) =>
    "properties" in schema || "enum" in schema ? [[JSON.stringify(schema), name]] : [],
  ),
);

/** The exported `<name>Schema`. */
export const schemaOf = (name: SchemaName): object => SCHEMAS.get(name) ?? {};

/** The API as an OpenAPI 3.1 document. */
export function openapi(): object {
  const byPath = Map.groupBy(ROUTES, ({ path }) => path);
  const paths = Object.fromEntries(
    [...byPath].map(([path, routes]) => [
      path,
      Object.fromEntries(routes.map((route) => [route.method.toLowerCase(), operation(route)])),
    ]),
  );
  return {
    openapi: "3.1.0",
    info: { title: "order-events", version: "1.0.0", description: "Orders that are processed by events." },
    security: [{ sigv4: [] }],
    paths,
    components: {
      schemas: componentsOf(paths),
      securitySchemes: {
        sigv4: {
          type: "apiKey",
          name: "Authorization",
          in: "header",
          description:
            "AWS Signature Version 4, service execute-api, of a caller with the policy of one of the listed roles. Not required by the local emulator.",
        },
      },
    },
  };
}

function operation(route: Route): object {
  const { audience, operationId, summary, body, status, answer, notStarted, problems } = route;
  const parameters = parametersOf(route);
  return {
    operationId,
    summary,
    // Any of these roles.
    security: AUDIENCES[audience].map((role) => ({ sigv4: [role] })),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { "application/json": { schema: ref(body) } },
          },
        }),
    responses: {
      ...(notStarted === undefined ? {} : { 200: response("Nothing was started", notStarted) }),
      [status]: response("Done", answer),
      ...problemResponses([...(body === undefined ? [] : BODY), ...problems, ...ANYWHERE]),
    },
  };
}

function response(description: string, answer: SchemaName | undefined): object {
  const schema = answer === undefined ? { type: "object" } : ref(answer);
  return { description, content: { "application/json": { schema } } };
}

function parametersOf({ path, headers = [], query }: Route): readonly object[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  const { properties = {} } = (query === undefined ? {} : schemaOf(query)) as {
    readonly properties?: Readonly<Record<string, object>>;
  };
  return [
    ...inPath,
    ...headers.map(({ name, ...header }) => ({ name, in: "header", required: true, ...header })),
    ...Object.entries(properties).map(([name, schema]) => ({
      name,
      in: "query",
      required: false,
      schema: withNames(schema),
    })),
  ];
}

/** One response for each status, naming the codes that come with it. */
function problemResponses(codes: readonly ProblemCode[]): Record<string, object> {
  const byStatus = Map.groupBy(codes, (code) => PROBLEMS[code].status);
  return Object.fromEntries(
    [...byStatus]
      .sort(([a], [b]) => a - b)
      .map(([status, each]) => [
        String(status),
        {
          description: each.map((code) => `${code}: ${PROBLEMS[code].title}`).join("; "),
          content: { "application/problem+json": { schema: ref("Problem") } },
        },
      ]),
  );
}

/** The schemas that the operations refer to, and those that these refer to. */
function componentsOf(paths: object): Readonly<Record<string, unknown>> {
  const byName = new Map([...SCHEMAS].map(([name, schema]) => [componentOf(name), schema]));
  const found = new Map<string, unknown>();
  const add = (part: unknown) => {
    for (const [, name = ""] of JSON.stringify(part).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      if (found.has(name)) continue;
      found.set(name, partsWithNames(byName.get(name) ?? {}));
      add(found.get(name));
    }
  };
  add(paths);
  return Object.fromEntries(found);
}

/** Generators make a type of its own of each part that has a name. */
function withNames(part: unknown): unknown {
  if (typeof part !== "object" || part === null) return part;
  const name = NAMES.get(JSON.stringify(part));
  return name === undefined ? partsWithNames(part) : ref(name);
}

function partsWithNames(schema: object): unknown {
  if (Array.isArray(schema)) return schema.map(withNames);
  const parts = Object.fromEntries(Object.entries(schema).map(([key, part]) => [key, withNames(part)]));
  // An enumeration without a type is one of anything to some generators.
  return "enum" in schema ? { type: "string", ...parts } : parts;
}

/** Callers read `Order` where the code's type is `OrderView`. */
const componentOf = (name: string): string => name.replace(/View$/, "");

const ref = (name: string): { $ref: string } => ({ $ref: `#/components/schemas/${componentOf(name)}` });
