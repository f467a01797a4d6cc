import { write } from "../compose.ts";
import { isDiscard, isEdit, isRedrive, isRedriveMany, isUndo } from "../contract/operator-validators.js";
import { type HttpRequest, http } from "../middleware/http.ts";
import { queryOf } from "../middleware/http-query.ts";
import { operators } from "../operators.ts";

/** Everything under /failed-messages, for operators */
const ops = operators();
const keyOf = (request: HttpRequest) => request.parameter("failedKey");
const ok = (body: unknown) => ({ status: 200, body });

export const handler = http(
  {
    "GET /failed-messages": async (request) => ok(await ops.list(queryOf(request, ops.listQuery))),
    "GET /failed-messages/groups": async (request) => ok(await ops.groups(queryOf(request, ops.groupQuery))),
    "GET /failed-messages/redrives": async () => ok(await ops.redrives()),
    "GET /failed-messages/redrives/{jobId}": async (request) =>
      ok(await ops.redriveOf(request.parameter("jobId"))),
    "POST /failed-messages/redrives": async (request) => {
      const { dryRun, ...asked } = request.json(isRedriveMany);
      if (dryRun === true) return ok(await ops.tryMany(asked.filter));
      const job = await ops.redriveMany(asked, request.caller);
      return { status: job.jobId === undefined ? 200 : 202, body: job };
    },
    "GET /failed-messages/{failedKey}": async (request) => ok(await ops.read(keyOf(request))),
    "POST /failed-messages/{failedKey}/redrive": async (request) =>
      ok(await ops.redrive(keyOf(request), request.json(isRedrive), request.caller)),
    "POST /failed-messages/{failedKey}/edit": async (request) =>
      ok(await ops.edit(keyOf(request), request.json(isEdit), request.caller)),
    "POST /failed-messages/{failedKey}/discard": async (request) =>
      ok(await ops.discard(keyOf(request), request.json(isDiscard), request.caller)),
    "POST /failed-messages/{failedKey}/undo": async (request) =>
      ok(await ops.undo(keyOf(request), request.json(isUndo), request.caller)),
  },
  write,
);
