import type { ProblemCode } from "./errors.ts";
import { LIMITS } from "./limits.ts";
import type { Audience, Role } from "./roles.ts";

/**
 * The functions of the API: each with its access and its routes. The gateway's resources, the function, its grants, the
 * policies of callers, OpenAPI and the validators follow from it; the entry is `functions/handlers/<name>.ts`.
 */

/** What a function of the API may use. Each name stands for grants. */
export type ApiAccess =
  | "place-orders"
  | "move-orders"
  | "read-orders"
  | "stock"
  | "failed-messages"
  | "jobs"
  | "find-orders"
  | "replay-events"
  | "unsuppress-addresses"
  | "pause-consumers";

type NamesIn<Module> = {
  [Key in keyof Module]: Key extends `${infer Name}Schema` ? Name : never;
}[keyof Module];
/** `Name` of an exported `NameSchema`. */
type SchemaName = NamesIn<typeof import("./schemas.ts")>;
type OperatorSchemaName = NamesIn<typeof import("./operator-schemas.ts")>;
type OperatorAnswerName = NamesIn<typeof import("./operator-answers.ts")>;

/** Request and response of one route. */
export interface Operation {
  /** Its callers: `AUDIENCES` lists their roles. */
  readonly audience: Audience;
  readonly operationId: string;
  readonly summary: string;
  readonly headers?: readonly {
    readonly name: string;
    readonly description: string;
    readonly schema: object;
  }[];
  /** Schema of the query parameters. */
  readonly query?: OperatorSchemaName;
  /** Schema of the body; the validator is `is<Name>`. */
  readonly body?: SchemaName | OperatorSchemaName;
  readonly status: 200 | 202;
  /** Schema of the response; absent for a document of its own. */
  readonly answer?: SchemaName | OperatorAnswerName;
  /** Schema of the response 200 of a route that starts something, where it started nothing. */
  readonly notStarted?: OperatorAnswerName;
  /** Besides those of every route and of every body. */
  readonly problems: readonly ProblemCode[];
}

interface ApiFunction {
  readonly access: readonly ApiAccess[];
  /** By method and path, as in `GET /orders/{orderId}`. */
  readonly routes: { readonly [Route in `${"GET" | "POST" | "PUT"} /${string}`]: Operation };
}

/** A route for one role, by which callers find out what to offer. */
const access = <Name extends Exclude<Role, "client">>(role: Name) =>
  ({
    audience: role,
    operationId: `${role}Access`,
    summary: `Whether the caller has the role ${role}: 200, or 403 where its policies do not permit this route.`,
    status: 200,
    answer: "AccessView",
    problems: [],
  }) as const;

export const API = {
  "place-order": {
    access: ["place-orders"],
    routes: {
      "POST /orders": {
        audience: "client",
        operationId: "placeOrder",
        summary:
          "Place an order. A request with the same key returns the same order with its current status.",
        headers: [
          {
            name: "Idempotency-Key",
            description: "Unique for each order. The order id is derived from it and the customer.",
            schema: { type: "string", minLength: 1, maxLength: LIMITS.idempotencyKeyLength },
          },
        ],
        body: "PlaceOrder",
        status: 202,
        answer: "OrderView",
        problems: [
          "IDEMPOTENCY_KEY_MISSING",
          "IDEMPOTENCY_KEY_INVALID",
          "IDEMPOTENCY_KEY_REUSED",
          "TOO_MANY_LINES",
          "PRICE_CONTRADICTION",
          "BUSY",
        ],
      },
    },
  },
  "cancel-order": {
    access: ["move-orders"],
    routes: {
      "POST /orders/{orderId}/cancel": {
        audience: "client",
        operationId: "cancelOrder",
        summary: "Cancel an order. Idempotent.",
        status: 200,
        answer: "OrderView",
        problems: ["ORDER_NOT_FOUND", "ORDER_STATUS"],
      },
    },
  },
  "read-order": {
    access: ["read-orders"],
    routes: {
      "GET /orders/{orderId}": {
        audience: "anyone",
        operationId: "readOrder",
        summary: "Read an order.",
        status: 200,
        answer: "OrderView",
        problems: ["ORDER_NOT_FOUND"],
      },
      "GET /openapi.json": {
        audience: "anyone",
        operationId: "readOpenapi",
        summary: "Read this document.",
        status: 200,
        problems: [],
      },
      "GET /access/reader": /* @__PURE__ */ access("reader"),
      "GET /access/operator": /* @__PURE__ */ access("operator"),
      "GET /access/administrator": /* @__PURE__ */ access("administrator"),
    },
  },
  stock: {
    access: ["stock"],
    routes: {
      "GET /stock/{sku}": {
        audience: "anyone",
        operationId: "readStock",
        summary: "Read the stock of a SKU.",
        status: 200,
        answer: "StockView",
        problems: ["SKU_NOT_FOUND"],
      },
      "PUT /stock/{sku}": {
        audience: "administrator",
        operationId: "countStock",
        summary: "Set the counted units of a SKU. Units held for orders stay held.",
        body: "CountStock",
        status: 200,
        answer: "StockView",
        problems: ["STOCK_BELOW_HELD"],
      },
    },
  },
  "failed-messages": {
    access: ["failed-messages"],
    routes: {
      "GET /failed-messages": {
        audience: "reader",
        operationId: "listFailedMessages",
        summary:
          "List messages that could not be processed. OPEN messages, oldest first, by default. A search looks for a text in the " +
          "fields of the list. With an event: its messages of every consumer, whatever their status by default.",
        query: "ListFailed",
        status: 200,
        answer: "FailedList",
        problems: ["INVALID_REQUEST"],
      },
      "GET /failed-messages/groups": {
        audience: "reader",
        operationId: "groupFailedMessages",
        summary: "Group failed messages with the same cause, largest group first.",
        query: "GroupFailed",
        status: 200,
        answer: "FailureGroups",
        problems: ["INVALID_REQUEST"],
      },
      "GET /failed-messages/{failedKey}": {
        audience: "reader",
        operationId: "readFailedMessage",
        summary: "Read a message with its history, why it failed, and what a redrive would do.",
        status: 200,
        answer: "FailedMessageView",
        problems: ["FAILED_MESSAGE_NOT_FOUND"],
      },
      // Not below /failed-messages: a star in a policy of IAM covers slashes too.
      "GET /failed-message-bodies/{failedKey}": {
        audience: "operator",
        operationId: "readFailedMessageBody",
        summary:
          "Read the body and the attributes of a message. An attribute is text, or an object of type and value where its " +
          "type is not String; a Binary value is base64.",
        status: 200,
        answer: "FailedMessageBody",
        problems: ["FAILED_MESSAGE_NOT_FOUND"],
      },
      "GET /failed-message-bodies": {
        audience: "operator",
        operationId: "searchFailedMessageBodies",
        summary:
          "List messages as listFailedMessages does. A search looks for the text in their bodies too, which hold the id of the " +
          "customer: in up to 2,000 for each response, whose cursor continues the search.",
        query: "ListFailed",
        status: 200,
        answer: "FailedList",
        problems: ["INVALID_REQUEST"],
      },
      "POST /failed-messages/{failedKey}/redrive": {
        audience: "operator",
        operationId: "redriveFailedMessage",
        summary: "Redrive a message. A message whose effect exists is resolved instead.",
        body: "Redrive",
        status: 200,
        answer: "RedriveAnswer",
        problems: [
          "FAILED_MESSAGE_NOT_FOUND",
          "FAILED_MESSAGE_CHANGED",
          "FAILED_MESSAGE_STATUS",
          "REDRIVE_REFUSED",
        ],
      },
      "POST /failed-messages/{failedKey}/edit": {
        audience: "operator",
        operationId: "editFailedMessage",
        summary:
          "Replace the body of a message and redrive it; the request has 64 KB at most. The event id and type must not " +
          "change. Duplicate keys, numbers beyond 2^53 - 1, -0 and lone surrogates are refused.",
        body: "Edit",
        status: 200,
        answer: "RedriveAnswer",
        problems: [
          "FAILED_MESSAGE_NOT_FOUND",
          "FAILED_MESSAGE_CHANGED",
          "FAILED_MESSAGE_STATUS",
          "EDIT_REFUSED",
          "REDRIVE_REFUSED",
        ],
      },
      "POST /failed-messages/{failedKey}/discard": {
        audience: "operator",
        operationId: "discardFailedMessage",
        summary: "Discard a message. The response lists the effects that are missing.",
        body: "Discard",
        status: 200,
        answer: "DiscardAnswer",
        problems: ["FAILED_MESSAGE_NOT_FOUND", "FAILED_MESSAGE_CHANGED", "FAILED_MESSAGE_STATUS"],
      },
      "POST /failed-messages/{failedKey}/undo": {
        audience: "operator",
        operationId: "undoDiscard",
        summary: "Reopen a discarded message.",
        body: "Undo",
        status: 200,
        answer: "UndoAnswer",
        problems: ["FAILED_MESSAGE_NOT_FOUND", "FAILED_MESSAGE_CHANGED", "FAILED_MESSAGE_STATUS"],
      },
    },
  },
  jobs: {
    access: ["jobs"],
    routes: {
      "GET /jobs": {
        audience: "reader",
        operationId: "listJobs",
        summary: "List jobs: running, stopped, aborted and done; newest first.",
        status: 200,
        answer: "JobList",
        problems: [],
      },
      "POST /jobs": {
        audience: "administrator",
        operationId: "startJob",
        summary:
          "Redrive, discard or undo many failed messages, selected by a filter or by their keys, or republish the latest " +
          "event of many orders; at a limited rate. A redrive or republish stops when too many fail. " +
          "Returns 202 with the job, or 200 for a dry run and when nothing matches.",
        body: "StartJob",
        status: 202,
        answer: "JobView",
        notStarted: "JobNotStarted",
        problems: ["REDRIVE_REFUSED", "JOB_STATUS", "JOB_NOT_FOUND"],
      },
      "GET /jobs/{jobId}": {
        audience: "reader",
        operationId: "readJob",
        summary: "Read the progress of a job.",
        status: 200,
        answer: "JobView",
        problems: ["JOB_NOT_FOUND"],
      },
      "POST /jobs/{jobId}/abort": {
        audience: "operator",
        operationId: "abortJob",
        summary:
          "End a running job within a second or two, between two messages. What it has done stays. Idempotent: a job that " +
          "has ended is returned as it is.",
        body: "AbortJob",
        status: 200,
        answer: "JobView",
        problems: ["JOB_NOT_FOUND"],
      },
    },
  },
  "find-orders": {
    access: ["find-orders"],
    routes: {
      "GET /orders": {
        audience: "reader",
        operationId: "listOrders",
        summary:
          "Find orders by customer, status and time. Without an index for the search, pages of the table are read: the " +
          "answer says so, and how many read units it took.",
        query: "ListOrders",
        status: 200,
        answer: "OrderList",
        problems: ["INVALID_REQUEST"],
      },
    },
  },
  "replay-events": {
    access: ["replay-events"],
    routes: {
      "POST /orders/{orderId}/replays": {
        audience: "operator",
        operationId: "replayEvent",
        summary:
          "Send the first or the latest event of an order to one consumer again. An effect that is done is not repeated.",
        body: "Replay",
        status: 200,
        answer: "ReplayAnswer",
        problems: ["ORDER_NOT_FOUND", "REPLAY_REFUSED"],
      },
      "GET /order-events/{eventId}": {
        audience: "operator",
        operationId: "readEvent",
        summary:
          "Read the first or the latest event of an order, made again from its row. The id of an event is " +
          "<order id>:<version>:<type>.",
        status: 200,
        answer: "OrderEvent",
        problems: ["ORDER_NOT_FOUND"],
      },
    },
  },
  "unsuppress-addresses": {
    access: ["unsuppress-addresses", "read-orders"],
    routes: {
      "POST /mails/unsuppress": {
        audience: "operator",
        operationId: "unsuppressAddress",
        summary:
          "Permit mails to an address again, which a bounce or a complaint suppressed: a given one, or that of an order. A " +
          "dry run shows the reason.",
        body: "Unsuppress",
        status: 200,
        answer: "UnsuppressAnswer",
        problems: ["ORDER_NOT_FOUND"],
      },
    },
  },
  "pause-consumers": {
    access: ["pause-consumers"],
    routes: {
      "GET /consumers": {
        audience: "reader",
        operationId: "listConsumers",
        summary:
          "List the consumers and publishers with their states, and how long messages wait in a pause.",
        status: 200,
        answer: "Consumers",
        problems: [],
      },
      "POST /consumers/{consumer}/pause": {
        audience: "administrator",
        operationId: "pauseConsumer",
        summary:
          "Pause a consumer: its event source mappings are switched off, and its messages wait. The pause outlives " +
          "deployments. A second pause changes nothing.",
        body: "PauseConsumer",
        status: 200,
        answer: "ConsumerSwitched",
        problems: ["CONSUMER_NOT_FOUND", "CONSUMER_STATE"],
      },
      "POST /consumers/{consumer}/resume": {
        audience: "administrator",
        operationId: "resumeConsumer",
        summary: "Resume a consumer. One that runs is left as it is.",
        body: "ResumeConsumer",
        status: 200,
        answer: "ConsumerSwitched",
        problems: ["CONSUMER_NOT_FOUND", "CONSUMER_STATE"],
      },
    },
  },
} as const satisfies Readonly<Record<string, ApiFunction>>;

export type ApiFunctionName = keyof typeof API;
/** The routes of a function, which its handler has to answer. */
export type RoutesOf<Name extends ApiFunctionName> = keyof (typeof API)[Name]["routes"] & string;

type RoutesIn<Declared> = Declared extends { readonly routes: infer Routes } ? Routes[keyof Routes] : never;
export type OperationId = RoutesIn<(typeof API)[ApiFunctionName]>["operationId"];

export const API_FUNCTIONS = /* @__PURE__ */ Object.keys(API) as ApiFunctionName[];

export function isApiFunction(name: string): name is ApiFunctionName {
  return Object.hasOwn(API, name);
}

export interface Route extends Operation {
  readonly operationId: OperationId;
  readonly function: ApiFunctionName;
  readonly access: readonly ApiAccess[];
  readonly method: string;
  readonly path: string;
}

export const ROUTES: readonly Route[] = /* @__PURE__ */ routesOf(API);

function routesOf(api: typeof API): Route[] {
  return API_FUNCTIONS.flatMap((name) =>
    Object.entries<Operation & { readonly operationId: OperationId }>(api[name].routes).map(
      ([route, operation]) => {
        const [method = "", path = ""] = route.split(" ");
        return { function: name, access: api[name].access, method, path, ...operation };
      },
    ),
  );
}
