import { at, type Batch, keep, outcomeOrFailed, refusalOf } from "./batch.ts";
import { classify, type Outcome } from "./outcome.ts";
import { settle } from "./settle.ts";

/** Handles and settles one record; answers whether its lane goes on. Never rejects. */
export async function runRecord<Raw, Message>(
  batch: Batch<Raw, Message>,
  index: number,
  handle: (message: Message, deadline: number) => Promise<Outcome> | Outcome,
): Promise<boolean> {
  const { clock } = batch.options;
  const since = clock.now();
  if (batch.isOver || since >= batch.deadline) return false;
  batch.started[index] = 1;
  let outcome = refusalOf(batch, index);
  try {
    outcome ??= outcomeOrFailed(await handle(messageOf(batch, index), batch.deadline));
  } catch (error) {
    outcome = classify(error);
  }
  const settled = settle(batch, index, outcome);
  return keep(batch, index, settled instanceof Promise ? await settled : settled, clock.now() - since);
}

function messageOf<Raw, Message>(batch: Batch<Raw, Message>, index: number): Message {
  const { content } = at(batch, index);
  if (content.kind !== "message") throw new TypeError("This record has no message.");
  return content.message;
}

/** Handles and settles the records of one wave together; answers for each whether its lane goes on. */
export async function runWave<Raw, Message>(
  batch: Batch<Raw, Message>,
  wave: readonly number[],
  handle: (messages: readonly Message[], deadline: number) => Promise<readonly Outcome[]>,
): Promise<readonly boolean[]> {
  const { clock } = batch.options;
  const since = clock.now();
  if (batch.isOver || since >= batch.deadline) return wave.map(() => false);
  const refusals: (Outcome | undefined)[] = [];
  const messages: Message[] = [];
  for (const index of wave) {
    batch.started[index] = 1;
    const refusal = refusalOf(batch, index);
    refusals.push(refusal);
    const { content } = at(batch, index);
    if (refusal === undefined && content.kind === "message") messages.push(content.message);
  }
  const answers = await handledTogether(batch, messages, handle);
  const answeredMs = clock.now() - since;
  const goesOn = new Array<boolean>(wave.length).fill(false);
  // Only records that have to be written down are waited for: a promise each would cost more than all the rest.
  const pending: Promise<void>[] = [];
  let answered = 0;
  for (const [i, index] of wave.entries()) {
    const settled = settle(batch, index, refusals[i] ?? outcomeOrFailed(answers[answered++]));
    if (!(settled instanceof Promise)) {
      goesOn[i] = keep(batch, index, settled, answeredMs);
      continue;
    }
    const kept = (outcome: Outcome) => {
      goesOn[i] = keep(batch, index, outcome, clock.now() - since);
    };
    pending.push(settled.then(kept));
  }
  await Promise.all(pending);
  return goesOn;
}

/** A list of another length is no answer at all: nobody can tell which outcome belongs to which message. */
async function handledTogether<Raw, Message>(
  batch: Batch<Raw, Message>,
  messages: readonly Message[],
  handle: (messages: readonly Message[], deadline: number) => Promise<readonly Outcome[]>,
): Promise<readonly unknown[]> {
  if (messages.length === 0) return [];
  try {
    const answers: unknown = await handle(messages, batch.deadline);
    return Array.isArray(answers) && answers.length === messages.length ? answers : [];
  } catch (error) {
    return messages.map(() => classify(error));
  }
}
