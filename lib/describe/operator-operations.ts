import {
  DiscardSchema,
  EditSchema,
  GroupFailedSchema,
  ListFailedSchema,
  RedriveManySchema,
  RedriveSchema,
  RepublishSchema,
  UndoSchema,
} from "../../functions/contract/operator-schemas.ts";
import { BODY, inPath, type Operation } from "./operation.ts";

/** Request bodies of the operator operations. */
export const OPERATOR_SCHEMAS = {
  Redrive: RedriveSchema,
  Edit: EditSchema,
  Discard: DiscardSchema,
  Undo: UndoSchema,
  RedriveMany: RedriveManySchema,
  Republish: RepublishSchema,
};

const key = [inPath("failedKey")];

/** One parameter for each property of a query's schema. */
function inQuery({
  properties,
}: {
  readonly properties: Readonly<Record<string, object>>;
}): readonly object[] {
  return Object.entries(properties).map(([name, schema]) => ({ name, in: "query", required: false, schema }));
}

/** The operations under /failed-messages and /republishes. */
export const OPERATOR_OPERATIONS: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {
  "/failed-messages": {
    get: {
      operationId: "listFailedMessages",
      summary: "List messages that could not be processed, oldest first. OPEN messages by default.",
      parameters: inQuery(ListFailedSchema),
      status: 200,
      answer: "object",
      problems: ["INVALID_REQUEST"],
    },
  },
  "/failed-messages/groups": {
    get: {
      operationId: "groupFailedMessages",
      summary: "Group failed messages with the same cause, largest group first.",
      parameters: inQuery(GroupFailedSchema),
      status: 200,
      answer: "object",
      problems: ["INVALID_REQUEST"],
    },
  },
  "/failed-messages/redrives": {
    get: {
      operationId: "listRedrives",
      summary: "List bulk redrives: running, stopped and done.",
      status: 200,
      answer: "object",
      problems: [],
    },
    post: {
      operationId: "redriveMany",
      summary:
        "Redrive every message that matches the filter, at a limited rate. Stops when too many of them fail again. " +
        "Returns 202 with the redrive, or 200 for a dry run and when no message matches.",
      body: "RedriveMany",
      status: 202,
      answer: "object",
      problems: [...BODY, "REDRIVE_REFUSED"],
    },
  },
  "/failed-messages/redrives/{jobId}": {
    get: {
      operationId: "readRedrive",
      summary: "Read the progress of a bulk redrive.",
      parameters: [inPath("jobId")],
      status: 200,
      answer: "object",
      problems: ["REDRIVE_JOB_NOT_FOUND"],
    },
  },
  "/republishes": {
    get: {
      operationId: "listRepublishes",
      summary: "List republish jobs: running, stopped and done.",
      status: 200,
      answer: "object",
      problems: [],
    },
    post: {
      operationId: "republish",
      summary:
        "Republish the latest event of every order that has been in a status for some time, at a limited rate. " +
        "Returns 202 with the job, or 200 for a dry run. A duplicate has no effect.",
      body: "Republish",
      status: 202,
      answer: "object",
      problems: BODY,
    },
  },
  "/republishes/{jobId}": {
    get: {
      operationId: "readRepublish",
      summary: "Read the progress of a republish job.",
      parameters: [inPath("jobId")],
      status: 200,
      answer: "object",
      problems: ["NOT_FOUND"],
    },
  },
  "/failed-messages/{failedKey}": {
    get: {
      operationId: "readFailedMessage",
      summary:
        "Read a message with its history, why it failed, and what a redrive would do. An attribute is text, or an " +
        "object of type and value where its type is not String; a Binary value is base64.",
      parameters: key,
      status: 200,
      answer: "object",
      problems: ["FAILED_MESSAGE_NOT_FOUND"],
    },
  },
  "/failed-messages/{failedKey}/redrive": {
    post: {
      operationId: "redriveFailedMessage",
      summary: "Redrive a message. A message whose effect exists is resolved instead.",
      parameters: key,
      body: "Redrive",
      status: 200,
      answer: "object",
      problems: [
        ...BODY,
        "FAILED_MESSAGE_NOT_FOUND",
        "FAILED_MESSAGE_CHANGED",
        "FAILED_MESSAGE_STATUS",
        "REDRIVE_REFUSED",
      ],
    },
  },
  "/failed-messages/{failedKey}/edit": {
    post: {
      operationId: "editFailedMessage",
      summary:
        "Replace the body of a message and redrive it; the request has 64 KB at most. The event id and type must not " +
        "change. Duplicate keys, numbers beyond 2^53 - 1, -0 and lone surrogates are refused.",
      parameters: key,
      body: "Edit",
      status: 200,
      answer: "object",
      problems: [
        ...BODY,
        "FAILED_MESSAGE_NOT_FOUND",
        "FAILED_MESSAGE_CHANGED",
        "FAILED_MESSAGE_STATUS",
        "EDIT_REFUSED",
        "REDRIVE_REFUSED",
      ],
    },
  },
  "/failed-messages/{failedKey}/discard": {
    post: {
      operationId: "discardFailedMessage",
      summary: "Discard a message. The response lists the effects that are missing.",
      parameters: key,
      body: "Discard",
      status: 200,
      answer: "object",
      problems: [...BODY, "FAILED_MESSAGE_NOT_FOUND", "FAILED_MESSAGE_CHANGED", "FAILED_MESSAGE_STATUS"],
    },
  },
  "/failed-messages/{failedKey}/undo": {
    post: {
      operationId: "undoDiscard",
      summary: "Reopen a discarded message.",
      parameters: key,
      body: "Undo",
      status: 200,
      answer: "object",
      problems: [...BODY, "FAILED_MESSAGE_NOT_FOUND", "FAILED_MESSAGE_CHANGED", "FAILED_MESSAGE_STATUS"],
    },
  },
};
