import type { RoutesOf } from "../../contract/api.ts";
import { FAILED_FILTERS } from "../../contract/failures.ts";
import type { RedriveMany, Republish } from "../../contract/operator-schemas.ts";
import * as is from "../../contract/operator-validators.js";
import { isGroupFailed, isListFailed } from "../../contract/operator-validators.js";
import type { RedrivePorts } from "../../failures/jobs/run-redrives.ts";
import type { RepublishPorts } from "../../failures/jobs/run-republishes.ts";
import { listRedrives, readRedrive, startRedrive, tryRedrive } from "../../failures/jobs/start-redrive.ts";
import {
  listRepublishes,
  readRepublish,
  startRepublish,
  tryRepublish,
} from "../../failures/jobs/start-republish.ts";
import { discardMessage, undoDiscard } from "../../failures/operators/discard-message.ts";
import { groupFailedMessages, listFailedMessages } from "../../failures/operators/list-failed-messages.ts";
import { readFailedMessage, readFailedMessageBody } from "../../failures/operators/read-failed-message.ts";
import { editMessage, redriveMessage } from "../../failures/operators/redrive-message.ts";
import { replayEvent } from "../../failures/operators/replay-event.ts";
import type { Routes } from "../../middleware/http.ts";
import { queryOf } from "../../middleware/http-query.ts";
import type { HttpRequest } from "../../middleware/http-request.ts";

const keyOf = (request: HttpRequest) => request.parameter("failedKey");
const ok = (body: unknown) => ({ status: 200, body });

/** The routes under /failed-messages and /republishes. */
export function operatorRoutes(ops: Operators): Routes<RoutesOf<"failed-messages">> {
  return {
    "GET /failed-messages": async (request) => ok(await ops.list(queryOf(request, ops.listQuery))),
    "GET /failed-messages/groups": async (request) => ok(await ops.groups(queryOf(request, ops.groupQuery))),
    "GET /failed-messages/redrives": async () => ok(await ops.redrives()),
    "GET /failed-messages/redrives/{jobId}": async (request) =>
      ok(await ops.redriveOf(request.parameter("jobId"))),
    "POST /failed-messages/redrives": (request) =>
      ops.redriveMany(request.json(is.isRedriveMany), request.caller),
    "GET /republishes": async () => ok(await ops.republishes()),
    "GET /republishes/{jobId}": async (request) => ok(await ops.republishOf(request.parameter("jobId"))),
    "POST /republishes": (request) => ops.republish(request.json(is.isRepublish), request.caller),
    "GET /failed-messages/{failedKey}": async (request) => ok(await ops.read(keyOf(request))),
    "POST /orders/{orderId}/replays": async (request) =>
      ok(await ops.replay(request.parameter("orderId"), request.json(is.isReplay), request.caller)),
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

export type Operators = ReturnType<typeof operators>;

/** The acts of an operator, and the queries of the two listings. */
export function operators(ports: RedrivePorts & RepublishPorts) {
  const redrives = { try: tryRedrive(ports), start: startRedrive(ports) };
  const republishes = { try: tryRepublish(ports), start: startRepublish(ports) };
  return {
    list: listFailedMessages(ports),
    listQuery: { isValid: isListFailed, names: ["status", ...FAILED_FILTERS, "limit", "cursor"] },
    groups: groupFailedMessages(ports),
    groupQuery: { isValid: isGroupFailed, names: ["status", ...FAILED_FILTERS] },
    read: readFailedMessage(ports),
    readBody: readFailedMessageBody(ports),
    replay: replayEvent(ports),
    redrive: redriveMessage(ports),
    edit: editMessage(ports),
    discard: discardMessage(ports),
    undo: undoDiscard(ports),
    /** 202 with the started job; 200 where none was started. */
    async redriveMany({ dryRun, ...asked }: RedriveMany, by: string) {
      if (dryRun === true) return { status: 200, body: await redrives.try(asked.filter) };
      const job = await redrives.start(asked, by);
      return { status: job.jobId === undefined ? 200 : 202, body: job };
    },
    redrives: listRedrives(ports),
    redriveOf: readRedrive(ports),
    /** 202 with the started job; 200 for a dry run. */
    async republish({ dryRun, ...asked }: Republish, by: string) {
      if (dryRun === true) return { status: 200, body: await republishes.try(asked) };
      return { status: 202, body: await republishes.start(asked, by) };
    },
    republishes: listRepublishes(ports),
    republishOf: readRepublish(ports),
  };
}
