import { type Batch, type BatchMiddleware, batchOf, recordAt } from "./batch.ts";
import { errorLine } from "./error-text.ts";
import { type Outcome, retry } from "./outcome.ts";
import { parseTraceparent } from "./traceparent.ts";

const NOT_FINISHED = retry("not finished by the deadline");
const NOT_STARTED = retry("not started: the deadline, or a failure before it in its lane");
const NO_MESSAGE: { readonly type: string; readonly eventId?: string; readonly traceparent?: string } = {
  type: "unknown",
};

/** Writes one line for each record: consumer, type, event id, trace, outcome, reason, attempt; never a payload. */
export function audit(): BatchMiddleware {
  return {
    after(request) {
      const batch = batchOf(request);
      const heads = new Map<string, string>();
      let lines = "";
      for (let index = 0; index < batch.records.length; index++) lines += auditLine(batch, index, heads);
      batch.lines += lines;
    },
  };
}

/** `heads` keeps the beginning of a line by event type. */
function auditLine(batch: Batch, index: number, heads: Map<string, string>): string {
  const { raw, content } = recordAt(batch, index);
  const outcome = batch.outcomes[index] ?? (batch.started[index] === 1 ? NOT_FINISHED : NOT_STARTED);
  const { type, eventId, traceparent } = content.kind === "message" ? content : NO_MESSAGE;
  let head = heads.get(type);
  if (head === undefined) {
    head = headOf(batch, type);
    heads.set(type, head);
  }
  const trace = traceparent === undefined ? undefined : parseTraceparent(traceparent);
  const why = whyOf(outcome);
  return `${head}${eventId === undefined ? "" : `,"eventId":${quoted(eventId)}`}${
    trace === undefined ? "" : `,"traceparent":"${trace}"`
  },"outcome":"${outcome.kind}"${
    why === undefined ? "" : `,"why":${JSON.stringify(why)}`
  },"attempt":${batch.options.transport.attempt(raw)}}\n`;
}

function headOf({ startedAt, options }: Batch, type: string): string {
  const head = JSON.stringify({ audit: "attempt", at: startedAt, consumer: options.name, type });
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
