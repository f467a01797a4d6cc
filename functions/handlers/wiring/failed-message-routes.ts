import type { RoutesOf } from "../../contract/api.ts";
import { FAILED_FILTERS } from "../../contract/failures.ts";
import * as is from "../../contract/operator-validators.js";
import type { ActPorts } from "../../failures/operator-ports.ts";
import { discardMessage, undoDiscard } from "../../failures/operators/discard-message.ts";
import { editMessage } from "../../failures/operators/edit-message.ts";
import { groupFailedMessages, listFailedMessages } from "../../failures/operators/list-failed-messages.ts";
import { readFailedMessage, readFailedMessageBody } from "../../failures/operators/read-failed-message.ts";
import { redriveMessage } from "../../failures/operators/redrive-message.ts";
import type { Routes } from "../../middleware/http.ts";
import { queryOf } from "../../middleware/http-query.ts";
import type { HttpRequest } from "../../middleware/http-request.ts";

const LIST_QUERY = {
  isValid: is.isListFailed,
  names: ["status", ...FAILED_FILTERS, "event", "search", "order", "limit", "cursor"],
};
const GROUP_QUERY = { isValid: is.isGroupFailed, names: ["status", ...FAILED_FILTERS] };

const keyOf = (request: HttpRequest) => request.parameter("failedKey");
const ok = (body: unknown) => ({ status: 200, body });

/** What operators do with failed messages, one at a time. */
export type MessageOperations = ReturnType<typeof messageOperations>;

export function messageOperations(ports: ActPorts) {
  return {
    list: listFailedMessages(ports),
    searchBodies: listFailedMessages(ports, { inBodies: true }),
    groups: groupFailedMessages(ports),
    read: readFailedMessage(ports),
    readBody: readFailedMessageBody(ports),
    redrive: redriveMessage(ports),
    edit: editMessage(ports),
    discard: discardMessage(ports),
    undo: undoDiscard(ports),
  };
}

export function failedMessageRoutes(ops: MessageOperations): Routes<RoutesOf<"failed-messages">> {
  return {
    "GET /failed-messages": async (request) => ok(await ops.list(queryOf(request, LIST_QUERY))),
    "GET /failed-messages/groups": async (request) => ok(await ops.groups(queryOf(request, GROUP_QUERY))),
    "GET /failed-messages/{failedKey}": async (request) => ok(await ops.read(keyOf(request))),
    "GET /failed-message-bodies": async (request) => ok(await ops.searchBodies(queryOf(request, LIST_QUERY))),
    "GET /failed-message-bodies/{failedKey}": async (request) => ok(await ops.readBody(keyOf(request))),
    "POST /failed-messages/{failedKey}/redrive": async (request) =>
      ok(await ops.redrive(keyOf(request), request.json(is.isRedrive), request.caller)),
    "POST /failed-messages/{failedKey}/edit": async (request) =>
      ok(await ops.edit(keyOf(request), request.json(is.isEdit), request.caller)),
    "POST /failed-messages/{failedKey}/discard": async (request) =>
      ok(await ops.discard(keyOf(request), request.json(is.isDiscard), request.caller)),
    "POST /failed-messages/{failedKey}/undo": async (request) =>
      ok(await ops.undo(keyOf(request), request.json(is.isUndo), request.caller)),
  };
}
