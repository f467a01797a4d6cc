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

/** Bodies of the operators' acts. */
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

/** What is under /failed-messages, for operators. */
export const OPERATOR_OPERATIONS: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {
  "/failed-messages": {
    get: {
      operationId: "listFailedMessages",
      summary: "List messages that could not be processed, oldest first. OPEN ones unless asked otherwise.",
      parameters: inQuery(ListFailedSchema),
      status: 200,
      answer: "object",
      problems: ["INVALID_REQUEST"],
    },
  },
  "/failed-messages/groups": {
    get: {
      operationId: "groupFailedMessages",
      summary: "Count what failed alike, the most first.",
      parameters: inQuery(GroupFailedSchema),
      status: 200,
      answer: "object",
      problems: ["INVALID_REQUEST"],
    },
  },
  "/failed-messages/redrives": {
    get: {
      operationId: "listRedrives",
      summary: "List redrives of many messages: what runs, what was stopped, what is done.",
      status: 200,
      answer: "object",
      problems: [],
    },
    post: {
      operationId: "redriveMany",
      summary:
        "Send every message again that the filter takes, at a rate; stopped when too many come back. " +
        "Answers 202 with the redrive, or 200 for a dry run and where the filter takes nothing.",
      body: "RedriveMany",
      status: 202,
      answer: "object",
      problems: [...BODY, "REDRIVE_REFUSED"],
    },
  },
  "/failed-messages/redrives/{jobId}": {
    get: {
      operationId: "readRedrive",
      summary: "Read how far a redrive has got.",
      parameters: [inPath("jobId")],
      status: 200,
      answer: "object",
      problems: ["REDRIVE_JOB_NOT_FOUND"],
    },
  },
  "/republishes": {
    get: {
      operationId: "listRepublishes",
      summary: "List jobs that publish events again: what runs, what was stopped, what is done.",
      status: 200,
      answer: "object",
      problems: [],
    },
    post: {
      operationId: "republish",
      summary:
        "Publish the latest event of every order of a status that had no transition for a while, at a rate. " +
        "Answers 202 with the job, or 200 for a dry run. A duplicate changes nothing.",
      body: "Republish",
      status: 202,
      answer: "object",
      problems: BODY,
    },
  },
  "/republishes/{jobId}": {
    get: {
      operationId: "readRepublish",
      summary: "Read how far the publishing of events has got.",
      parameters: [inPath("jobId")],
      status: 200,
      answer: "object",
      problems: ["NOT_FOUND"],
    },
  },
  "/failed-messages/{failedKey}": {
    get: {
      operationId: "readFailedMessage",
      summary: "Read a message with its history, why it failed, and what a redrive would do.",
      parameters: key,
      status: 200,
      answer: "object",
      problems: ["FAILED_MESSAGE_NOT_FOUND"],
    },
  },
  "/failed-messages/{failedKey}/redrive": {
    post: {
      operationId: "redriveFailedMessage",
      summary: "Send a message again; one whose work is done is resolved instead.",
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
        "Replace the body of a message and send it, 64 KB at most. An order event stays the same event.",
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
      summary: "Put a message aside for good; says what stays undone.",
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
      summary: "Open a discarded message again.",
      parameters: key,
      body: "Undo",
      status: 200,
      answer: "object",
      problems: [...BODY, "FAILED_MESSAGE_NOT_FOUND", "FAILED_MESSAGE_CHANGED", "FAILED_MESSAGE_STATUS"],
    },
  },
};
