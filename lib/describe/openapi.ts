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

/** The exported `<name>Schema`. */
export function schemaOf(name: SchemaName): object {
  const found = Object.entries<unknown>({ ...schemas, ...operatorSchemas, ...operatorAnswers }).find(
    ([exported]) => exported === `${name}Schema`,
  );
  return found?.[1] as object;
}

/** The API as an OpenAPI 3.1 document. */
export function openapi(): object {
  const byPath = Map.groupBy(ROUTES, ({ path }) => path);
  const used = ROUTES.flatMap(({ body, answer, notStarted }) => [body, answer, notStarted]).filter(
    (name) => name !== undefined,
  );
  return {
    openapi: "3.1.0",
    info: { title: "order-events", version: "1.0.0", description: "Orders that are processed by events." },
    security: [{ sigv4: [] }],
    paths: Object.fromEntries(
      [...byPath].map(([path, routes]) => [
        path,
        Object.fromEntries(routes.map((route) => [route.method.toLowerCase(), operation(route)])),
      ]),
    ),
    components: {
      schemas: {
        ...Object.fromEntries([...new Set(used)].map((name) => [componentOf(name), schemaOf(name)])),
        Problem: schemas.ProblemSchema,
      },
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
            content: { "application/json": { schema: ref(componentOf(body)) } },
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
  const schema = answer === undefined ? { type: "object" } : ref(componentOf(answer));
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
    ...Object.entries(properties).map(([name, schema]) => ({ name, in: "query", required: false, schema })),
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

/** Callers read `Order` where the code's type is `OrderView`. */
function componentOf(name: SchemaName): string {
  return name.replace(/View$/, "");
}

function ref(name: string): { $ref: string } {
  return { $ref: `#/components/schemas/${name}` };
}
