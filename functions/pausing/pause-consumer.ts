import type { ConsumerSwitched, Consumers } from "../contract/operator-answers.ts";
import type { Pausable } from "../contract/pausable.ts";
import { Problem } from "../middleware/problem.ts";
import { type Applied, applyPause, type PausePorts } from "./apply-pauses.ts";
import { type ConsumerPause, hasState, viewOf } from "./domain/consumer-pause.ts";

/** An operator, and why. */
interface Act {
  readonly by: string;
  readonly why?: string | undefined;
}

/** Writers of one row at the same moment are few. */
const MOST_TRIES = 10;
/** Lambda refuses to switch a mapping that is being switched; it takes seconds. */
const REFUSED_TRIES = 6;
const REFUSED_WAIT_MS = 700;

/** The consumers of the deployment with their states. */
export function listConsumers(ports: PausePorts) {
  return async (): Promise<Consumers> => {
    const { pauses, mappings, pausable } = ports;
    return {
      consumers: await Promise.all(
        pausable.map(async (consumer) => {
          const [row, sources] = await Promise.all([
            pauses.get(consumer.name),
            mappings.list(consumer.functionName),
          ]);
          return viewOf(consumer, row, sources);
        }),
      ),
    };
  };
}

/** Pauses a consumer: its messages wait. A second pause changes nothing. */
export const pauseConsumer = (ports: PausePorts) => switchTo(ports, true);

/**
 * Resumes a consumer. One that is not paused is changed only where its event source mapping is off: it was then switched
 * off outside of this API.
 */
export const resumeConsumer = (ports: PausePorts) => switchTo(ports, false);

function switchTo(ports: PausePorts, isPaused: boolean) {
  return async (name: string, act: Act): Promise<ConsumerSwitched> => {
    const consumer = requireConsumer(ports, name);
    const isWritten = await write(ports, consumer, act, isPaused);
    if (isWritten) ports.audit({ act: isPaused ? "pause" : "resume", consumer: name, ...act });
    const { row, mappings, switched } = await applied(ports, consumer, isPaused);
    return { ...viewOf(consumer, row, mappings), isChanged: isWritten || switched > 0 };
  };
}

function requireConsumer({ pausable }: PausePorts, name: string): Pausable {
  const found = pausable.find((each) => each.name === name);
  if (found === undefined) {
    const names = pausable.map((each) => each.name).join(", ");
    throw new Problem("CONSUMER_NOT_FOUND", { detail: `The consumers of this deployment are ${names}.` });
  }
  if (!found.processes)
    throw new Problem("CONSUMER_STATE", {
      detail: `${name} processes no events here: the setting "processing" does not name its backbone. Deploy with another value to change that.`,
    });
  return found;
}

/** Writes the row. Returns false where it is so already. */
async function write(
  { pauses, clock, newId }: PausePorts,
  { name: consumer }: Pausable,
  { by, why }: Act,
  isPaused: boolean,
): Promise<boolean> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const before = await pauses.get(consumer);
    if ((before?.isPaused ?? false) === isPaused) return false;
    const row: ConsumerPause = {
      consumer,
      isPaused,
      by,
      ...(why !== undefined && { why }),
      at: new Date(clock.now()).toISOString(),
      isApplied: false,
      revision: (before?.revision ?? 0) + 1,
      writeId: newId(),
    };
    if (await pauses.put(row, before?.revision)) return true;
  }
  throw new Problem("CONSUMER_STATE", {
    detail: `${consumer} was changed by others meanwhile. Repeat the request.`,
  });
}

/** Applies the row, for some seconds where Lambda refuses it; later maintenance does. */
async function applied(ports: PausePorts, consumer: Pausable, isPaused: boolean): Promise<Applied> {
  let switched = 0;
  for (let tries = 1; ; tries += 1) {
    const last = await applyPause(ports, consumer);
    switched += last.switched;
    const isDone = last.mappings.every((each) => hasState(each, !isPaused));
    if (isDone || last.row?.isPaused !== isPaused || tries >= REFUSED_TRIES) return { ...last, switched };
    await ports.clock.sleep(REFUSED_WAIT_MS);
  }
}
