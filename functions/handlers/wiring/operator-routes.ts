import * as is from "../../contract/operator-validators.js";
import type { HttpRequest, Routes } from "../../middleware/http.ts";
import { queryOf } from "../../middleware/http-query.ts";
import type { Operators } from "./operators.ts";

const keyOf = (request: HttpRequest) => request.parameter("failedKey");
const ok = (body: unknown) => ({ status: 200, body });

/** Everything under /failed-messages and /republishes. */
export function operatorRoutes(ops: Operators): Routes {
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
