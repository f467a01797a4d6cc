import { apiDiff, type Diff } from "api-smart-diff";

/** A JSON document, as read from a file. */
export interface Document {
  readonly info: { readonly version: string };
  readonly [key: string]: unknown;
}

export interface Changes {
  /** A reader of the earlier document may fail: one sentence each. */
  readonly breaking: readonly string[];
  /** A reader has to accept these, but a generated client may not: new values of an answer. */
  readonly notable: readonly string[];
}

/** What changed from a released OpenAPI document. */
export function openapiChanges(released: Document, current: Document): Changes {
  return changesOf(
    apiDiff(comparable(released), comparable(current))
      // A schema counts where an operation refers to it.
      .filter(({ path }) => path[0] === "paths")
      .filter((diff) => diff.type === "breaking" || isOther(diff)),
  );
}

/** The library follows no reference in `anyOf`, and takes the type of an enumeration of texts for a new limit. */
function comparable(document: Document): Document {
  const copy = (part: unknown, isAlternative: boolean): unknown => {
    if (Array.isArray(part)) return part.map((each) => copy(each, isAlternative));
    if (typeof part !== "object" || part === null) return part;
    const { $ref, ...own } = part as Record<string, unknown>;
    if (typeof $ref === "string") return isAlternative ? copy(partAt(document, $ref), true) : part;
    const parts = Object.entries(own).map(([key, value]) => [
      key,
      copy(value, isAlternative || key === "anyOf"),
    ]);
    return { ...("enum" in own ? { type: "string" } : {}), ...Object.fromEntries(parts) };
  };
  return copy(document, false) as Document;
}

/** `#/components/schemas/Order` */
const partAt = (document: Document, pointer: string): unknown =>
  pointer
    .split("/")
    .slice(1)
    .reduce<unknown>((part, key) => (part as Readonly<Record<string, unknown>> | undefined)?.[key], document);

/** The library takes what is narrower in a request for wider in an answer. Another type or pattern is neither. */
const isOther = ({ action, path }: Diff): boolean =>
  (action === "replace" || action === "rename") && OTHERS.includes(String(path.at(-1)));
const OTHERS: readonly string[] = ["type", "const", "pattern", "format", "operationId"];

/**
 * What changed from a released AsyncAPI document. The library judges version 2 only. An event is to its readers what an
 * answer is to a client, so each operation of the document is compared as a request of OpenAPI that answers with its event.
 */
export function asyncapiChanges(released: Document, current: Document): Changes {
  const { breaking, notable } = openapiChanges(asRequests(released), asRequests(current));
  return { breaking: breaking.map(asEvent), notable: notable.map(asEvent) };
}

const asEvent = (sentence: string): string => sentence.replace("GET /", "").replace(" answer 200", "");

/** Whether a break is announced: the first number of the version went up. */
export const isNewMajor = (released: Document, current: Document): boolean =>
  majorOf(current) > majorOf(released);

const majorOf = ({ info }: Document): number => Number(info.version.split(".")[0]);

function changesOf(diffs: readonly Diff[]): Changes {
  const isNotable = ({ action, path }: Diff) =>
    action === "add" && path.includes("responses") && path.at(-2) === "enum";
  const sentences = (of: readonly Diff[]) => [...new Set(of.filter(isCause).map(sentence))];
  return {
    breaking: sentences(diffs.filter((diff) => !isNotable(diff))),
    notable: sentences(diffs.filter(isNotable)),
  };
}

/** A field that is gone is no longer required either; a value of `required` moves with the others. */
const isCause = ({ action, path }: Diff, _: number, all: readonly Diff[]): boolean => {
  if (path.at(-2) !== "required") return true;
  const owner = path.slice(0, -2).join("/");
  const isField = (other: Diff) => other.path.join("/").startsWith(`${owner}/properties/`);
  return !all.some((other) => other.action === action && isField(other));
};

const VERBS: Readonly<Record<string, string>> = {
  add: "has the new",
  remove: "lacks",
  replace: "has another",
  rename: "has another",
};

/** `PUT /stock/{sku} answer 200 lacks properties/held`. */
function sentence({ action, path, before, after }: Diff): string {
  const [, route = "", method, part, ...rest] = path.map(String);
  const operation = method === undefined ? route : `${method.toUpperCase()} ${route}`;
  if (part === undefined) return `${operation} ${action === "remove" ? "is gone" : "changed"}`;
  const [where, at] = placeOf(part, rest);
  const values = [before, after].filter((value) => value !== undefined && typeof value !== "object");
  const shown = values.length === 0 ? "" : `: ${values.map((value) => JSON.stringify(value)).join(" → ")}`;
  return `${operation}${where} ${VERBS[action] ?? action} ${at}${shown}`;
}

/** Part of an operation, and the place in the schema of its content. */
function placeOf(part: string, rest: readonly string[]): readonly [part: string, at: string] {
  const schema = rest.indexOf("schema");
  const inSchema = schema === -1 ? "" : rest.slice(schema + 1).join("/");
  if (part === "responses") return [` answer ${rest[0]}`, inSchema || rest.slice(1).join("/") || "answer"];
  if (part === "requestBody") return [" body", inSchema || rest.join("/") || "body"];
  return ["", [part, ...rest].join("/")];
}

interface Reference {
  readonly $ref: string;
}
interface AsyncDocument extends Document {
  readonly channels: Readonly<
    Record<string, { readonly address: string; readonly messages: Readonly<Record<string, Reference>> }>
  >;
  readonly operations: Readonly<
    Record<
      string,
      { readonly action: string; readonly channel: Reference; readonly messages?: readonly Reference[] }
    >
  >;
  readonly components: {
    readonly messages: Readonly<Record<string, { readonly name: string; readonly headers: object }>>;
    readonly schemas: { readonly OrderEvent: { readonly properties: object } };
  };
}

const lastOf = ({ $ref }: Reference): string => $ref.split("/").at(-1) ?? "";

function asRequests(document: Document): Document {
  const { info, channels, operations, components } = document as AsyncDocument;
  const { OrderEvent: event } = components.schemas;
  const paths = Object.entries(operations).flatMap(([name, { action, channel, messages }]) => {
    const known = channels[lastOf(channel)];
    const carried = messages?.map(lastOf) ?? Object.keys(known?.messages ?? {});
    return carried.map((id) => {
      const type = components.messages[id]?.name;
      // In place of the list of all types, which grows with each new one.
      const schema = { ...event, properties: { ...event.properties, type: { type: "string", const: type } } };
      const verb = action === "send" ? "to" : "from";
      const answer = { description: "", content: { "application/json": { schema } } };
      return [
        `/${name} ${verb} ${known?.address}: ${type}`,
        { get: { responses: { 200: answer } } },
      ] as const;
    });
  });
  return { openapi: "3.1.0", info, paths: Object.fromEntries(paths) };
}
