import { backOffSeconds } from "./back-off.ts";
import { at, type Batch, isAcknowledged, openBatch } from "./batch.ts";
import { lanesOf, runLanes, runWaves } from "./lanes.ts";
import { type ConsumerOptions, completeSettings } from "./options.ts";
import { report } from "./report.ts";
import { runRecord, runWave } from "./run-record.ts";

/** How long giving messages back may take; past that, their visibility time-out does it. */
const GIVE_BACK_MS = 500;
/** A reason of our own: without one, each abort builds an error nobody reads. */
const CALLED_OFF = "called off";

/**
 * One batch, from the transport's event to its response:
 * records → decode and validate each → run in lanes → settle each → response → metrics and back-off.
 * `remainingMs` is what is left of the function's time-out. Rejects only before the first record was started;
 * nothing that happens after the records can change the response.
 */
export function batchRunner<Raw, Message>(
  options: ConsumerOptions<Raw, Message>,
): (event: unknown, remainingMs: number) => Promise<unknown> {
  const settings = completeSettings(options.settings);

  return async (event, remainingMs) => {
    const batch = openBatch(options, settings, event, remainingMs);
    if (!batch.isOver) await runUntilDeadline(batch);
    batch.isOver = true;

    const failed = batch.records.filter((_, index) => !isAcknowledged(batch.outcomes[index]));
    const response = options.transport.response(batch.records, failed);
    report(batch);
    if (failed.length > 0) await negativeAcknowledge(batch);
    return response;
  };
}

async function runUntilDeadline<Raw, Message>(batch: Batch<Raw, Message>): Promise<void> {
  const { handle, transport, clock } = batch.options;
  const lanes = lanesOf(batch.records.length, (index) => {
    const { raw, content } = at(batch, index);
    return transport.lane(raw) ?? (content.kind === "message" ? content.lane : undefined);
  });
  const work =
    "one" in handle
      ? runLanes(lanes, batch.settings.concurrency, (index) => runRecord(batch, index, handle.one))
      : runWaves(lanes, (wave) => runWave(batch, wave, handle.many));

  const finished = new AbortController();
  const deadline = clock.sleep(batch.deadline - clock.now(), finished.signal);
  await Promise.race([work.finally(() => finished.abort(CALLED_OFF)), deadline]);
}

/**
 * Failed messages come again after a back-off that grows with their attempts; those that never started, and
 * those on their way to the dead-letter queue, at once.
 */
async function negativeAcknowledge<Raw, Message>(batch: Batch<Raw, Message>): Promise<void> {
  const { transport, clock } = batch.options;
  if (transport.negativeAcknowledge === undefined) return;
  const returns = batch.records.flatMap((raw, index) => {
    const outcome = batch.outcomes[index];
    if (isAcknowledged(outcome)) return [];
    if (batch.started[index] === 0 || transport.isLastAttempt(raw)) return [{ raw, seconds: 0 }];
    const asked = outcome?.kind === "retry" ? outcome.afterSeconds : undefined;
    return [{ raw, seconds: asked ?? backOffSeconds(transport.attempt(raw), clock.random()) }];
  });
  const given = new AbortController();
  const call = transport.negativeAcknowledge(returns).catch(() => undefined);
  await Promise.race([call.finally(() => given.abort(CALLED_OFF)), clock.sleep(GIVE_BACK_MS, given.signal)]);
}
