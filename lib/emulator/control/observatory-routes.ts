import type { ServerResponse } from "node:http";
import { parseInvocationQuery, parseLiveQuery } from "../../operator/observe/live-query.ts";
import type { Observatory } from "../../operator/observe/observatory.ts";
import { ControlError, sendJson } from "./control-responses.ts";

const VIEWS = ["/queues", "/metrics", "/alarms", "/timeline", "/live", "/invocation", "/peek"];

/** Serves the observations of the emulator. */
export async function answerObserved(
  observatory: Observatory,
  view: string,
  query: URLSearchParams,
  outgoing: ServerResponse,
): Promise<void> {
  switch (view) {
    case "/queues":
      return sendJson(outgoing, 200, await observatory.queues());
    case "/alarms":
      return sendJson(outgoing, 200, await observatory.alarms());
    case "/metrics":
      return sendJson(
        outgoing,
        200,
        await refused(observatory.metrics(Number(query.get("minutes") ?? "15"))),
      );
    case "/timeline": {
      const orderId = query.get("orderId");
      if (orderId === null || orderId === "") throw new ControlError(400, "name an order: ?orderId=<id>");
      return sendJson(outgoing, 200, await observatory.timeline(orderId));
    }
    case "/live": {
      const { filter, after } = parseLiveQuery(query);
      return sendJson(outgoing, 200, await observatory.live(filter, after));
    }
    case "/invocation": {
      const asked = parseInvocationQuery(query);
      if (asked === undefined) throw new ControlError(400, "name an invocation: ?requestId=<id>");
      return sendJson(outgoing, 200, await observatory.invocation(asked));
    }
    case "/peek":
      return sendJson(outgoing, 200, await refused(observatory.peek(query.get("queue") ?? "")));
    default:
      throw new ControlError(404, `unknown view; available: ${VIEWS.join(", ")}`);
  }
}

/** A RangeError is the caller's. */
async function refused<Value>(read: Promise<Value>): Promise<Value> {
  try {
    return await read;
  } catch (error) {
    throw error instanceof RangeError ? new ControlError(400, error.message) : error;
  }
}
