import type { RoutesOf } from "../../contract/api.ts";
import { FAILED_FILTERS } from "../../contract/failures.ts";
import type { StartJob } from "../../contract/operator-schemas.ts";
import * as is from "../../contract/operator-validators.js";
import { abortRunningJob } from "../../failures/jobs/abort-job.ts";
import { previewJob } from "../../failures/jobs/preview-job.ts";
import { listJobs, readJob } from "../../failures/jobs/read-jobs.ts";
import type { JobPorts } from "../../failures/jobs/run-jobs.ts";
import { startJob } from "../../failures/jobs/start-job.ts";
import { discardMessage, undoDiscard } from "../../failures/operators/discard-message.ts";
import { groupFailedMessages, listFailedMessages } from "../../failures/operators/list-failed-messages.ts";
import { readFailedMessage, readFailedMessageBody } from "../../failures/operators/read-failed-message.ts";
import { editMessage, redriveMessage } from "../../failures/operators/redrive-message.ts";
import { replayEvent } from "../../failures/operators/replay-event.ts";
import type { Routes } from "../../middleware/http.ts";
import { queryOf } from "../../middleware/http-query.ts";
import type { HttpRequest } from "../../middleware/http-request.ts";
import type { findOrders } from "../../orders/matching-orders.ts";
import type { unsuppressAddress } from "../../orders/unsuppress-address.ts";

const keyOf = (request: HttpRequest) => request.parameter("failedKey");
const jobIdOf = (request: HttpRequest) => request.parameter("jobId");
const ok = (body: unknown) => ({ status: 200, body });

/** What operators do with orders and mails. */
export interface OrderOperations {
  readonly unsuppress: ReturnType<typeof unsuppressAddress>;
  readonly findOrders: ReturnType<typeof findOrders>;
}

const ORDERS_QUERY = {
  isValid: is.isListOrders,
  names: ["customerId", "status", "from", "to", "limit", "cursor"],
};

/** The routes under /failed-messages, /jobs and /mails, and GET /orders. */
export function operatorRoutes(
  ops: Operators,
  { unsuppress, findOrders }: OrderOperations,
): Routes<RoutesOf<"failed-messages">> {
  return {
    "GET /failed-messages": async (request) => ok(await ops.list(queryOf(request, ops.listQuery))),
    "GET /failed-messages/groups": async (request) => ok(await ops.groups(queryOf(request, ops.groupQuery))),
    "GET /jobs": async () => ok(await ops.jobs()),
    "POST /jobs": (request) => ops.startJob(request.json(is.isStartJob), request.caller),
    "GET /jobs/{jobId}": async (request) => ok(await ops.job(jobIdOf(request))),
    "POST /jobs/{jobId}/abort": async (request) =>
      ok(await ops.abortJob(jobIdOf(request), request.json(is.isAbortJob), request.caller)),
    "GET /orders": async (request) => ok(await findOrders(queryOf(request, ORDERS_QUERY))),
    "POST /mails/unsuppress": async (request) =>
      ok(await unsuppress(request.json(is.isUnsuppress), request.caller)),
    "GET /failed-messages/{failedKey}": async (request) => ok(await ops.read(keyOf(request))),
    "POST /orders/{orderId}/replays": async (request) =>
      ok(await ops.replay(request.parameter("orderId"), request.json(is.isReplay), request.caller)),
    "GET /failed-message-bodies": async (request) =>
      ok(await ops.searchBodies(queryOf(request, ops.listQuery))),
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
export function operators(ports: JobPorts) {
  const preview = previewJob(ports);
  const start = startJob(ports);
  return {
    list: listFailedMessages(ports),
    listQuery: {
      isValid: is.isListFailed,
      names: ["status", ...FAILED_FILTERS, "search", "order", "limit", "cursor"],
    },
    searchBodies: listFailedMessages(ports, { inBodies: true }),
    groups: groupFailedMessages(ports),
    groupQuery: { isValid: is.isGroupFailed, names: ["status", ...FAILED_FILTERS] },
    read: readFailedMessage(ports),
    readBody: readFailedMessageBody(ports),
    replay: replayEvent(ports),
    redrive: redriveMessage(ports),
    edit: editMessage(ports),
    discard: discardMessage(ports),
    undo: undoDiscard(ports),
    /** 202 with the started job; 200 where none was started. */
    async startJob({ dryRun, ...asked }: StartJob, by: string) {
      if (dryRun === true) return { status: 200, body: await preview(asked) };
      const job = await start(asked, by);
      return { status: job.jobId === undefined ? 200 : 202, body: job };
    },
    jobs: listJobs(ports),
    job: readJob(ports),
    abortJob: abortRunningJob(ports),
  };
}
