import { at, type Batch } from "./batch.ts";
import { type BatchMiddleware, batchOf } from "./batch-middleware.ts";
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
      let lines = "";
      for (let index = 0; index < batch.records.length; index++) lines += auditLine(batch, index);
      batch.lines += lines;
    },
  };
}

/** An event id has no character to escape; an error holds no e-mail address. */
function auditLine(batch: Batch, index: number): string {
  const { raw, content } = at(batch, index);
  const { name, transport } = batch.options;
  const outcome = batch.outcomes[index] ?? (batch.started[index] === 1 ? NOT_FINISHED : NOT_STARTED);
  const { type, eventId, traceparent } = content.kind === "message" ? content : NO_MESSAGE;
  const trace = traceparent === undefined ? undefined : parseTraceparent(traceparent);
  const why = whyOf(outcome);
  return `{"audit":"attempt","at":${batch.startedAt},"consumer":"${name}","type":"${type}"${
    eventId === undefined ? "" : `,"eventId":"${eventId}"`
  }${trace === undefined ? "" : `,"traceparent":"${trace}"`},"outcome":"${outcome.kind}"${
    why === undefined ? "" : `,"why":${JSON.stringify(why)}`
  },"attempt":${transport.attempt(raw)}}\n`;
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
