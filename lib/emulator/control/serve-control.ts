import type { IncomingMessage, ServerResponse } from "node:http";
import { isBelow, type Listener } from "../../operator/console/server/serve-console.ts";
import type { Observatory } from "../../operator/observe/observatory.ts";
import { EventError, type EventRequest, type SentEvent } from "../../operator/observe/view-types.ts";
import { AbsentTargetError, FaultError, type Faults } from "../faults/fault-switches.ts";
import { type RequestTarget, requestTarget } from "../gateway/request-target.ts";
import { type RequestListener, wantsHtml } from "../gateway/serve-api.ts";
import type { Monitor } from "../metrics/monitor.ts";
import type { RecentLogs } from "../recent-logs.ts";
import type { Mailbox } from "../services/mailbox.ts";
import { AWS_CALLS_PATH, type AwsCalls, answerAwsCall } from "./aws-calls.ts";
import { ControlError, readJson, send, sendJson, sendProblem } from "./control-responses.ts";
import { CONSOLE_PATH } from "./emulator-console.ts";
import { mailboxPage } from "./mailbox-page.ts";
import { answerObserved } from "./observatory-routes.ts";

export interface ControlOptions {
  readonly mailbox: Mailbox;
  readonly monitor: Monitor;
  readonly logs: RecentLogs;
  readonly faults: Faults;
  /** Puts messages that cannot be processed into a queue; absent without such a queue. */
  readonly sendPoison?: () => Promise<readonly object[]>;
  /** Sends an event; absent for an app without them. Rejects with EventError. */
  readonly sendEvent?: (request: EventRequest) => Promise<SentEvent>;
  readonly observatory: Observatory;
  readonly schedules: readonly { readonly name: string; readonly enabled: boolean }[];
  /** Runs a schedule now; false for an unknown name. */
  readonly runSchedule: (name: string) => Promise<boolean>;
  readonly awsCalls: AwsCalls;
  /** The console with its data. It has its own guard. */
  readonly console: Listener;
  /** The response of `GET /_emulator`. */
  readonly about: () => object;
}

export const CONTROL_PREFIX = "/_emulator";

/** Serves `/_emulator/…`, and passes every other path to `next`. */
export function serveControl(options: ControlOptions, next: RequestListener): RequestListener {
  return async (incoming, outgoing) => {
    const target = requestTarget(incoming.url);
    if (isBelow(CONSOLE_PATH, target.sentPath)) return options.console(incoming, outgoing);
    try {
      if (!isBelow(CONTROL_PREFIX, target.sentPath)) return await next(incoming, outgoing);
      await answer(options, target, incoming, outgoing);
    } catch (error) {
      if (!(error instanceof ControlError)) throw error;
      sendProblem(outgoing, error);
    }
  };
}

async function answer(
  options: ControlOptions,
  { sentPath, query }: RequestTarget,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { mailbox, monitor, logs, faults, about, observatory } = options;
  if (isBelow(AWS_CALLS_PATH, sentPath))
    return answerAwsCall(
      options.awsCalls,
      { path: sentPath.slice(AWS_CALLS_PATH.length), query },
      incoming,
      outgoing,
    );
  const observed = /^\/observe(\/\w+)$/.exec(sentPath.slice(CONTROL_PREFIX.length))?.[1];
  if (incoming.method === "GET" && observed !== undefined) {
    return answerObserved(observatory, observed, query, outgoing);
  }
  switch (`${incoming.method} ${sentPath.slice(CONTROL_PREFIX.length)}`) {
    case "GET ":
    case "GET /":
      return sendJson(outgoing, 200, about());
    case "GET /mailbox":
      return wantsHtml(incoming)
        ? send(outgoing, 200, "text/html", mailboxPage(mailbox.list()))
        : sendJson(outgoing, 200, mailbox.list());
    case "GET /metrics":
      return sendJson(outgoing, 200, monitor.metrics.totals());
    case "GET /alarms":
      return sendJson(outgoing, 200, monitor.alarms.states());
    case "GET /queues":
      return sendJson(outgoing, 200, monitor.depths());
    case "GET /logs": {
      const source = query.get("source");
      return sendJson(
        outgoing,
        200,
        logs.recent().filter((line) => source === null || line.source === source),
      );
    }
    case "GET /schedules":
      return sendJson(outgoing, 200, options.schedules);
    case "POST /schedules":
      return sendJson(outgoing, 200, await runSchedule(options, await readJson(incoming)));
    case "GET /faults":
      return sendJson(outgoing, 200, faults.list());
    case "POST /faults":
      switchFault(faults, await readJson(incoming));
      return sendJson(outgoing, 200, faults.list());
    case "POST /events":
      return sendJson(outgoing, 200, await sendEvent(options, await readJson(incoming)));
    case "POST /messages":
      await readJson(incoming);
      if (options.sendPoison === undefined)
        throw new ControlError(409, "the app of this emulator has no queue for such messages");
      return sendJson(outgoing, 200, await options.sendPoison());
    default:
      throw new ControlError(404, `unknown path: ${incoming.method} ${sentPath}`);
  }
}

/** `{"body": "<JSON text>", "to": "order-created"}`; without `to` for the topic. */
async function sendEvent(
  { sendEvent: send }: ControlOptions,
  { body, to }: Readonly<Record<string, unknown>>,
): Promise<SentEvent> {
  if (send === undefined) throw new ControlError(409, "the app of this emulator has no events");
  if (typeof body !== "string" || !(to === undefined || typeof to === "string"))
    throw new ControlError(
      400,
      'specify "body", an event as JSON text, and no "to" or the name of a consumer',
    );
  try {
    return await send({ body, ...(to === undefined ? {} : { to }) });
  } catch (error) {
    throw error instanceof EventError ? new ControlError(400, error.message) : error;
  }
}

/** `{"run": "<name>"}`. */
async function runSchedule(
  { schedules, runSchedule: run }: ControlOptions,
  { run: name }: { run?: unknown },
) {
  if (typeof name === "string" && (await run(name))) return { ran: name };
  const names = schedules.map((each) => each.name).join(", ");
  throw new ControlError(400, `specify "run" with a schedule: ${names || "the app has none"}`);
}

/** `{"break": "mail", "rate": 1, "forSeconds": 60}` or `{"mend": "mail"}`. */
function switchFault(faults: Faults, body: Readonly<Record<string, unknown>>): void {
  const { break: broken, mend, rate = 1, forSeconds = 60 } = body;
  if (typeof mend === "string") {
    attempt(() => faults.mend(mend));
    return;
  }
  if (typeof broken !== "string") throw new ControlError(400, 'specify "break" or "mend"');
  if (typeof rate !== "number" || typeof forSeconds !== "number") {
    throw new ControlError(400, '"rate" and "forSeconds" must be numbers');
  }
  attempt(() => faults.break(broken, { rate, forMs: forSeconds * 1000 }));
}

/** A rejected fault is a client error (400), or a conflict (409) where this emulator lacks the target. */
function attempt(change: () => unknown): void {
  try {
    change();
  } catch (error) {
    if (error instanceof AbsentTargetError) throw new ControlError(409, error.message);
    throw error instanceof FaultError ? new ControlError(400, error.message) : error;
  }
}
