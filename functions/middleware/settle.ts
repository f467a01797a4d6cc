import { at, type Batch } from "./batch.ts";
import type { MessageFacts } from "./failure-log.ts";
import { type Outcome, park, retry } from "./outcome.ts";

/**
 * Makes an outcome durable before it is acknowledged, and answers with what it has become: parking that fails
 * becomes a retry, a last attempt leaves its reason, a stream record too old to wait is parked.
 * Answers without a promise where nothing has to be written, which is nearly always. Never rejects.
 */
export function settle<Raw, Message>(
  batch: Batch<Raw, Message>,
  index: number,
  outcome: Outcome,
): Outcome | Promise<Outcome> {
  const { transport, failureLog } = batch.options;
  const { raw } = at(batch, index);
  switch (outcome.kind) {
    case "done":
    case "duplicate":
    case "ignored":
      return transport.hasFailedBefore(raw)
        ? kept(outcome, () => failureLog.resolve(factsOf(batch, index)))
        : outcome;
    case "park":
      return kept(outcome, () => failureLog.park(factsOf(batch, index), outcome.reason, outcome.error));
    case "retry":
      if (transport.isLastAttempt(raw)) return lastAttempt(batch, index, outcome);
      return isTooOldToWait(batch, raw)
        ? settle(batch, index, park("RETRIES_EXHAUSTED", outcome.error))
        : outcome;
  }
}

async function kept(outcome: Outcome, write: () => Promise<void>): Promise<Outcome> {
  try {
    await write();
    return outcome;
  } catch (error) {
    return retry(error);
  }
}

/** Best effort: without the reason that it leaves, the dead-letter queue's handler says NO_REPORT. */
async function lastAttempt<Raw, Message>(
  batch: Batch<Raw, Message>,
  index: number,
  outcome: Extract<Outcome, { kind: "retry" }>,
): Promise<Outcome> {
  await kept(outcome, () => batch.options.failureLog.lastAttemptFailed(factsOf(batch, index), outcome.error));
  return outcome;
}

function isTooOldToWait<Raw, Message>({ settings, options }: Batch<Raw, Message>, raw: Raw): boolean {
  const { giveUpAfterSeconds } = settings;
  if (giveUpAfterSeconds === 0) return false;
  return options.clock.now() - options.transport.sentAt(raw) > giveUpAfterSeconds * 1_000;
}

/** What the failed-message store keeps of a record. */
function factsOf<Raw, Message>(batch: Batch<Raw, Message>, index: number): MessageFacts {
  const { name, transport } = batch.options;
  const { raw, content } = at(batch, index);
  const facts = { consumer: name, source: transport.source(raw), attributes: transport.attributes(raw) };
  if (content.kind !== "message") return { ...facts, body: transport.body(raw) };
  return {
    ...facts,
    body: transport.body(raw),
    eventType: content.type,
    ...(content.eventId === undefined ? {} : { eventId: content.eventId }),
    ...(content.orderId === undefined ? {} : { orderId: content.orderId }),
    ...content.facts,
  };
}
