import type { FailedStatus, Reason } from "../../contract/failures.ts";
import { ATTRIBUTES } from "../../contract/names.ts";
import { describeError, type ErrorText } from "../../middleware/error-text.ts";
import type { MessageFacts } from "../../middleware/failure-log.ts";
import { sha256 } from "../../middleware/sha256.ts";
import { leftOut, leftOutText, redriveRoom } from "../../publishing/domain/message-attributes.ts";
import {
  type EditedMessage,
  type FailedMessage,
  type FailedWrite,
  type HistoryEntry,
  parkedBy,
  type WriteContext,
  wasParkedBy,
} from "./failed-message.ts";

const RETENTION_DAYS = 90;
const HISTORY_LENGTH = 50;

/** The statuses that each write applies to; `none` is a row that does not exist. */
const FROM: Readonly<Record<FailedWrite["kind"], readonly (FailedStatus | "none")[]>> = {
  "last-attempt": ["none", "RETRYING", "REDRIVEN"],
  park: ["none", "RETRYING", "OPEN", "REDRIVEN", "RESOLVED"],
  redrive: ["OPEN"],
  "send-failed": ["REDRIVEN"],
  resolve: ["RETRYING", "OPEN", "REDRIVEN", "DISCARDED"],
  "resolve-open": ["OPEN"],
  discard: ["OPEN"],
  undo: ["DISCARDED"],
  retry: ["none", "RETRYING", "REDRIVEN"],
  overdue: ["RETRYING", "REDRIVEN"],
};

/**
 * The row after a write, or `undefined` where the write does not apply. `message` is needed where the row may not exist.
 * A failure of a delivery that parked the row before does not apply: a partition delivers a parked record again while
 * an earlier record fails, and an operator may have acted on the row since.
 */
export function transition(
  row: FailedMessage | undefined,
  write: FailedWrite,
  context: WriteContext,
  message?: MessageFacts & { readonly failedKey: string },
): FailedMessage | undefined {
  if (!FROM[write.kind].includes(row?.status ?? "none")) return undefined;
  const isFailure = write.kind === "park" || write.kind === "last-attempt";
  if (isFailure && message !== undefined && wasParkedBy(row, message)) return undefined;
  const at = new Date(context.now).toISOString();
  const current = row ?? (message === undefined ? undefined : firstRow(message, at));
  if (current === undefined) return undefined;
  const next = { ...current, revision: current.revision + 1, writeId: context.writeId };
  const dueAt = new Date(context.now + context.returnWithinSeconds * 1000).toISOString();
  const { writeId } = context;
  const entry = (act: string, { by, why, jobId }: Acted): HistoryEntry => ({
    at,
    by,
    act,
    ...because(why),
    ...ofJob(jobId),
    writeId,
  });

  /** The row with another reason and error; the earlier ones stay in the history. */
  const failed = (act: string, reason: Reason, error?: unknown, why: string = reason) => ({
    ...withoutError(next),
    ...failure(reason, error, current),
    lastAt: at,
    history: appended(current, entry(act, { by: current.consumer, why: withName(why, error) })),
  });

  switch (write.kind) {
    case "last-attempt":
      return {
        ...failed("last attempt", "RETRIES_EXHAUSTED", write.error),
        status: "RETRYING",
        dueAt,
        failures: current.failures + 1,
      };
    case "park":
      return opened(failed("park", write.reason, write.error), at, {
        ...parkedBy(current, message),
        failures: current.failures + 1,
      });
    case "retry":
      return {
        ...next,
        ...(row === undefined ? { ...failure("NO_REPORT", undefined, current), dueAt } : {}),
        history: appended(
          current,
          entry("retry", { by: current.consumer, ...because(leftOutText(write.leftOut)) }),
        ),
      };
    case "overdue":
      if (current.dueAt > at) return undefined;
      return opened(failed("overdue", "NEVER_RETURNED"), at);
    case "redrive": {
      if (current.generation !== write.generation) return undefined;
      const why = [write.why, leftOutText(leftOut(current.attributes, redriveRoom(current.consumer)))].filter(
        (text) => text !== undefined,
      );
      const act = write.edited === undefined ? "redrive" : "edit and redrive";
      return {
        ...actedBy(next, write.jobId),
        ...edited(current, write.edited),
        status: "REDRIVEN",
        dueAt,
        redriveId: write.redriveId,
        history: appended(
          current,
          entry(act, {
            by: write.by,
            ...because(why.length === 0 ? undefined : why.join("; ")),
            ...ofJob(write.jobId),
          }),
        ),
      };
    }
    case "send-failed":
      if (current.redriveId !== write.redriveId) return undefined;
      return opened(failed("send failed", current.reason, write.error, "the message could not be sent"), at);
    case "resolve":
      return closed(next, context, entry("resolve", write), "RESOLVED");
    case "resolve-open":
      return closed(
        actedBy(next, write.jobId),
        context,
        entry("resolve", { by: "effect check", ...write }),
        "RESOLVED",
      );
    case "discard":
      if (current.generation !== write.generation) return undefined;
      return closed(actedBy(next, write.jobId), context, entry("discard", write), "DISCARDED");
    case "undo":
      if (current.generation !== write.generation) return undefined;
      return opened(actedBy(next, write.jobId), at, { history: appended(current, entry("undo", write)) });
  }
}

/** Who acted, why, and the job whose act it was. */
interface Acted {
  readonly by: string;
  readonly why?: string;
  readonly jobId?: string;
}

const because = (why: string | undefined) => (why === undefined ? {} : { why });
const ofJob = (jobId: string | undefined) => (jobId === undefined ? {} : { jobId });

/** The row with the job of an operator's act, or with none. */
function actedBy({ jobId: _, ...row }: FailedMessage, jobId: string | undefined): FailedMessage {
  return { ...row, ...ofJob(jobId) };
}

function firstRow(message: MessageFacts & { readonly failedKey: string }, at: string): FailedMessage {
  return {
    ...message,
    status: "RETRYING",
    revision: 0,
    writeId: "",
    dueAt: at,
    bodyHash: sha256(message.body),
    reason: "NO_REPORT",
    fingerprint: "",
    firstAt: at,
    lastAt: at,
    failures: 0,
    generation: 0,
    history: [],
  };
}

/** Reasons that the end of the attempts has. A failure for one of them has the error of the last attempt that stored one. */
const OF_ATTEMPTS: readonly Reason[] = ["RETRIES_EXHAUSTED", "NO_REPORT", "NEVER_RETURNED"];

/** Reason, error and fingerprint of a failure. */
function failure(reason: Reason, error: unknown, current: FailedMessage) {
  const stored = OF_ATTEMPTS.includes(reason) ? current : {};
  const { errorName, errorMessage }: Partial<ErrorText> = error === undefined ? stored : describeError(error);
  const described = {
    ...(errorName === undefined ? {} : { errorName }),
    ...(errorMessage === undefined ? {} : { errorMessage }),
  };
  const fingerprint = fingerprintOf(current.consumer, current.eventType, reason, described);
  return { reason, ...described, fingerprint };
}

function withoutError({ errorName: _, errorMessage: __, ...row }: FailedMessage): FailedMessage {
  return row;
}

function withName(why: string, error: unknown): string {
  return error === undefined ? why : `${why}: ${describeError(error).errorName}`;
}

function opened(next: FailedMessage, at: string, changes: Partial<FailedMessage> = {}): FailedMessage {
  const { expiresAt: _, redriveId: __, ...row } = next;
  return { ...row, ...changes, status: "OPEN", dueAt: at, generation: next.generation + 1 };
}

/** Keeps the first body and its attributes; the hash follows the new body. */
function edited(row: FailedMessage, message: EditedMessage | undefined): Partial<FailedMessage> {
  if (message === undefined) return {};
  return {
    ...message,
    bodyHash: sha256(message.body),
    originalBody: row.originalBody ?? row.body,
    attributes: { ...row.attributes, [ATTRIBUTES.type]: message.eventType },
  };
}

function closed(
  next: FailedMessage,
  context: WriteContext,
  entry: HistoryEntry,
  status: "RESOLVED" | "DISCARDED",
): FailedMessage {
  return {
    ...next,
    status,
    dueAt: entry.at,
    history: appended(next, entry),
    expiresAt: Math.floor(context.now / 1000) + RETENTION_DAYS * 86_400,
  };
}

function appended(row: FailedMessage, entry: HistoryEntry): HistoryEntry[] {
  return [...row.history, entry].slice(-HISTORY_LENGTH);
}

/** Rows with the same cause share a fingerprint: ids and numbers in the error message make no difference. */
export function fingerprintOf(
  consumer: string,
  eventType: string | undefined,
  reason: string,
  error: Partial<ErrorText>,
): string {
  const shape = error.errorMessage?.replace(/[0-9A-HJKMNP-TV-Z]{26}|[0-9a-f-]{16,}|\d+/g, "#") ?? "";
  return sha256([consumer, eventType ?? "", reason, error.errorName ?? "", shape].join("\n")).slice(0, 12);
}
