import { FAILED_FILTERS } from "../../../../functions/contract/failures.ts";
import { LIVE_FILTERS, type LiveFilter } from "../../observe/view-types.ts";
import { segment } from "../../target/route-request.ts";

/** A view of the console. Its address contains all of it, so an operator can share it. */
export type Route =
  | { readonly kind: "overview" }
  | { readonly kind: "queue"; readonly queue: string }
  | { readonly kind: "live"; readonly filter: LiveFilter }
  | ({ readonly kind: "log"; readonly requestId: string } & Readonly<Record<"source" | "at", string>>)
  | { readonly kind: "groups"; readonly filter: Filter }
  | { readonly kind: "messages"; readonly filter: Filter; readonly place?: ListPlace }
  | { readonly kind: "message"; readonly failedKey: string }
  | { readonly kind: "job"; readonly jobId: string }
  | { readonly kind: "orders"; readonly search?: OrderSearch }
  | { readonly kind: "order"; readonly orderId: string }
  | { readonly kind: "events"; readonly type?: string }
  | { readonly kind: "functions" }
  | { readonly kind: "mailbox" }
  | { readonly kind: "faults" }
  | { readonly kind: "not-found"; readonly hash: string };

export const FILTERS = ["status", ...FAILED_FILTERS] as const;
/** Selects failed messages. A message must match every field. */
export type Filter = Readonly<Partial<Record<(typeof FILTERS)[number], string>>>;

export const ORDER_SEARCH = ["customerId", "status", "from", "to", "limit", "cursor"] as const;
/** Selects orders, and the page of them. Its `limit` makes a search without a filter one. */
export type OrderSearch = Readonly<Partial<Record<(typeof ORDER_SEARCH)[number], string>>>;

const LOG_FIELDS = ["source", "at"] as const;
export const PLACES = ["search", "order", "cursor", "at"] as const;
/** A place in the list of messages: the text searched for, `oldest` first, the cursor of its page, and the row left last. */
export type ListPlace = Readonly<Partial<Record<(typeof PLACES)[number], string>>>;

export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?");
  const [view = "", part = "", ...rest] = path.split("/").map(decode);
  const last = rest.join("/");
  switch (view) {
    case "":
      return { kind: "overview" };
    case "queue":
      return part === "" ? { kind: "not-found", hash } : { kind: "queue", queue: part };
    case "live":
      return { kind: "live", filter: fieldsOf(query, LIVE_FILTERS) };
    case "log": {
      const { source = "", at = "" } = fieldsOf(query, LOG_FIELDS);
      return part === "" ? { kind: "not-found", hash } : { kind: "log", requestId: part, source, at };
    }
    case "failed":
      return failedRoute(part, last, query) ?? { kind: "not-found", hash };
    case "orders":
      return part === "" ? ordersRoute(query) : { kind: "order", orderId: part };
    case "events":
      return { kind: "events", ...(part === "" ? {} : { type: part }) };
    case "functions":
    case "mailbox":
    case "faults":
      return { kind: view };
    default:
      return { kind: "not-found", hash };
  }
}

function ordersRoute(query: string): Route {
  const search: OrderSearch = fieldsOf(query, ORDER_SEARCH);
  return { kind: "orders", ...(Object.keys(search).length === 0 ? {} : { search }) };
}

function failedRoute(part: string, name: string, query: string): Route | undefined {
  const filter: Filter = fieldsOf(query, FILTERS);
  if (part === "") return { kind: "groups", filter };
  if (part === "messages") {
    const place: ListPlace = fieldsOf(query, PLACES);
    return { kind: "messages", filter, ...(Object.keys(place).length === 0 ? {} : { place }) };
  }
  if (part === "message" && name !== "") return { kind: "message", failedKey: name };
  if (part === "job" && name !== "") return { kind: "job", jobId: name };
  return undefined;
}

/** The address of a route, for links. */
export function hrefTo(route: Exclude<Route, { kind: "not-found" }>): string {
  switch (route.kind) {
    case "overview":
      return "#/";
    case "queue":
      return `#/queue/${segment(route.queue)}`;
    case "live":
      return `#/live${queryText(route.filter, LIVE_FILTERS)}`;
    case "log":
      return `#/log/${segment(route.requestId)}${queryText(route, LOG_FIELDS)}`;
    case "groups":
      return `#/failed${queryText(route.filter, FILTERS)}`;
    case "messages":
      return `#/failed/messages${queryText({ ...route.filter, ...route.place }, [...FILTERS, ...PLACES])}`;
    case "message":
      return `#/failed/message/${segment(route.failedKey)}`;
    case "job":
      return `#/failed/job/${segment(route.jobId)}`;
    case "events":
      return route.type === undefined ? "#/events" : `#/events/${segment(route.type)}`;
    case "orders":
      return `#/orders${queryText(route.search ?? {}, ORDER_SEARCH)}`;
    case "order":
      return `#/orders/${segment(route.orderId)}`;
    default:
      return `#/${route.kind}`;
  }
}

/** `?status=OPEN&consumer=…`, or an empty string where no field has a value. */
function queryText<Name extends string>(
  filter: Readonly<Partial<Record<Name, string>>>,
  names: readonly Name[],
): string {
  const pairs = names.flatMap((name): [string, string][] => (filter[name] ? [[name, filter[name]]] : []));
  return pairs.length === 0 ? "" : `?${new URLSearchParams(pairs)}`;
}

function fieldsOf<Name extends string>(
  query: string,
  names: readonly Name[],
): Readonly<Partial<Record<Name, string>>> {
  const given = new URLSearchParams(query);
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = given.get(name);
      return value === null || value === "" ? [] : [[name, value]];
    }),
  ) as Partial<Record<Name, string>>;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
