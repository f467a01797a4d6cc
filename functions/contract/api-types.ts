import type { Static, TSchema } from "typebox";
import type { API } from "./api.ts";
import type { Frozen } from "./schemas.ts";

/**
 * What the routes of `API` take and answer. Import this file for types only, so that neither the table nor TypeBox reaches a
 * bundle. `lib/operator/target/route-request.ts` makes the HTTP request.
 */

type AllOf<Union> = (Union extends unknown ? (each: Union) => void : never) extends (all: infer All) => void
  ? All
  : never;
/** Each operation by its route. */
export type Operations = AllOf<(typeof API)[keyof typeof API]["routes"]>;

/** Such as `POST /orders/{orderId}/cancel`. */
export type ApiRoute = keyof Operations;

type Schemas = typeof import("./schemas.ts") &
  typeof import("./operator-schemas.ts") &
  typeof import("./operator-answers.ts");
/** The value of the schema that a field of the operation names. */
type Declared<Route extends ApiRoute, Field extends string> = Operations[Route] extends {
  readonly [Key in Field]: infer Name extends string;
}
  ? Schemas[`${Name}Schema` & keyof Schemas] extends infer Schema extends TSchema
    ? Frozen<Static<Schema>>
    : never
  : never;

/** An optional field may be undefined: JSON leaves it out. */
type Sent<Part> = Part extends object
  ? { readonly [Key in keyof Part]: Sent<Part[Key]> | (object extends Pick<Part, Key> ? undefined : never) }
  : Part;
/** Text on the wire, which the API checks. */
type SentQuery<Query> = { readonly [Key in keyof Query]?: Query[Key] | string | undefined };

type Answer<Value> = [Value] extends [never] ? unknown : Value;
/** The body of a success; unknown for a document of its own. */
export type AnswerOf<Route extends ApiRoute> = Answer<
  Declared<Route, "answer"> | Declared<Route, "notStarted">
>;

type ParametersOf<Path> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? { readonly [Key in Name]: string } & ParametersOf<Rest>
  : unknown;
type HeadersOf<Route extends ApiRoute> = Operations[Route] extends {
  readonly headers: readonly { readonly name: infer Name extends string }[];
}
  ? { readonly [Key in Name]: string }
  : never;
type Field<Name extends string, Value> = [Value] extends [never]
  ? unknown
  : { readonly [Key in Name]: Value };
/** Parameters of the path by name, with `headers`, `body` and `query` where the route has them. Of a union, those of each. */
export type RequestOf<Route extends ApiRoute> = AllOf<
  Route extends unknown
    ? ParametersOf<Route> &
        Field<"headers", HeadersOf<Route>> &
        Field<"body", Sent<Declared<Route, "body">>> &
        Partial<Field<"query", SentQuery<Declared<Route, "query">>>>
    : never
>;

/** What follows the route in a call. */
export type RequestArguments<Route extends ApiRoute> = keyof RequestOf<Route> extends never
  ? []
  : object extends RequestOf<Route>
    ? [request?: RequestOf<Route>]
    : [request: RequestOf<Route>];
