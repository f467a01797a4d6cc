import { type Batch, type BatchMiddleware, batchOf, recordAt, retrySeconds } from "./batch.ts";
import { errorLine, stackOf } from "./error-text.ts";
import { type Outcome, retry } from "./outcome.ts";
import { parseTraceparent } from "./traceparent.ts";

/** Writes the line of an operator's act: ids and outcomes, never payloads. MUST NOT throw. */
export type AuditAct = (act: Readonly<Record<string, string | number | boolean | undefined>>) => void;

const NOT_FINISHED = retry("not finished by the deadline");
const NOT_STARTED = retry("not started: the deadline, or a failure before it in its lane");
const NO_MESSAGE: { readonly type: string; readonly eventId?: string; readonly traceparent?: string } = {
  type: "unknown",
};

/** Stacks in the lines of a batch: further errors are mostly the same ones. */
const MOST_STACKS = 3;

/**
 * Writes one line for each record: consumer, type, request id, event id, trace, outcome, reason, attempt, milliseconds,
 * seconds until a retry, and the stack of an error, once in a batch; never a payload.
 */
export function audit(): BatchMiddleware {
  return {
    after(request) {
      const batch = batchOf(request);
      const shared = {
        heads: new Map(),
        explained: new Set<string>(),
        requestId: request.context.awsRequestId,
      };
      let lines = "";
      for (let index = 0; index < batch.records.length; index++) lines += auditLine(batch, index, shared);
      batch.lines += lines;
    },
  };
}

/** The beginnings of lines by event type, and the reasons whose stack a line has. */
interface Shared {
  readonly heads: Map<string, string>;
  readonly explained: Set<string>;
  readonly requestId: string | undefined;
}

function auditLine(batch: Batch, index: number, { heads, explained, requestId }: Shared): string {
  const { raw, content } = recordAt(batch, index);
  const finished = batch.outcomes[index];
  const outcome = finished ?? (batch.started[index] === 1 ? NOT_FINISHED : NOT_STARTED);
  const { type, eventId, traceparent } = content.kind === "message" ? content : NO_MESSAGE;
  let head = heads.get(type);
  if (head === undefined) {
    head = headOf(batch, type, requestId);
    heads.set(type, head);
  }
  const trace = traceparent === undefined ? undefined : parseTraceparent(traceparent);
  const why = whyOf(outcome);
  return `${head}${eventId === undefined ? "" : `,"eventId":${quoted(eventId)}`}${
    trace === undefined ? "" : `,"traceparent":"${trace}"`
  },"outcome":"${outcome.kind}"${
    why === undefined ? "" : `,"why":${JSON.stringify(why)}`
  },"attempt":${batch.options.transport.attempt(raw)}${
    finished === undefined ? "" : `,"ms":${batch.elapsedMs[index]}`
  }${outcome.kind === "retry" ? retryField(batch, index) : ""}${
    // The engine makes the error of a malformed record.
    "error" in outcome && content.kind !== "malformed"
      ? stackField(outcome.error, String(why), explained)
      : ""
  }}\n`;
}

/** After its last attempt a message goes to the dead-letter queue. */
function retryField(batch: Batch, index: number): string {
  const seconds = batch.options.transport.isLastAttempt(batch.records[index])
    ? undefined
    : retrySeconds(batch, index);
  return seconds === undefined ? "" : `,"retryInSeconds":${seconds}`;
}

function stackField(error: unknown, why: string, explained: Set<string>): string {
  if (explained.size === MOST_STACKS || explained.has(why)) return "";
  explained.add(why);
  const stack = stackOf(error);
  return stack.length === 0 ? "" : `,"stack":${JSON.stringify(stack)}`;
}

function headOf({ startedAt, options }: Batch, type: string, requestId: string | undefined): string {
  const head = JSON.stringify({ audit: "attempt", at: startedAt, consumer: options.name, type, requestId });
  return head.slice(0, -1);
}

/** Printable ASCII without quotes and backslashes. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** A text as JSON. Names and ids are nearly always plain, and a check is cheaper than JSON.stringify. */
function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

function whyOf(outcome: Outcome): string | undefined {
  switch (outcome.kind) {
    case "done":
    case "duplicate":
      return undefined;
    case "ignored":
      return outcome.why;
    case "park":
      return outcome.reason;
    case "retry":
      return errorLine(outcome.error);
  }
}
