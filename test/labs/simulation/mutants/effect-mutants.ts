import { QUEUE_CONSUMERS } from "../../../../functions/consumers/consumers.ts";
import { sweepFailedMessages } from "../../../../functions/failures/maintenance/sweep-failed-messages.ts";
import { messageOperations } from "../../../../functions/handlers/wiring/failed-message-routes.ts";
import { jobOperations } from "../../../../functions/handlers/wiring/job-routes.ts";
import type { EffectOnce } from "../../../../functions/middleware/effect-once.ts";
import { effectOf } from "../effects.ts";
import type { Ports } from "../parts.ts";
import type { Mutant } from "../simulated-system.ts";
import { inParts, inTables } from "./mutant.ts";

/** The consumers with their real handlers over a wrong port. */
function overEffects(
  name: string,
  wrong: (real: EffectOnce, consumer: string, ports: Ports) => EffectOnce,
): Mutant {
  return inParts(name, ({ handlers, ports }) => {
    const effectOnceOf = (consumer: string) => wrong(ports.effectOnceOf(consumer), consumer, ports);
    const mutated = QUEUE_CONSUMERS.map((consumer) => [
      consumer,
      effectOf(consumer).handle({ ...ports, effectOnceOf }),
    ]);
    return { handlers: { ...handlers, ...Object.fromEntries(mutated) } };
  });
}

/** Writes without a mark that counts: under an id that no event has. */
const unmarked =
  (real: EffectOnce, { newId }: Ports) =>
  (writes: Parameters<EffectOnce["apply"]>[1], until: number) =>
    real.apply(`no-event-${newId()}`, writes, until);

const MARKS_EXPIRE_AFTER_MS = 5 * 60_000;

/** Mutants of effects that a consumer has once. */
export const EFFECT_MUTANTS: readonly Mutant[] = [
  overEffects("an effect is marked after it was written, by a second write", (real, consumer, ports) => ({
    async apply(eventId, writes, deadline) {
      const marks = await ports.effectMarks.consumersOf(eventId);
      if (marks.has(consumer)) return { kind: "duplicate" };
      const result = await unmarked(real, ports)(writes, deadline);
      if (result.kind === "done") await real.apply(eventId, [], deadline);
      return result;
    },
  })),
  overEffects("an effect is marked before it is written, by a first write", (real, _, ports) => ({
    async apply(eventId, writes, deadline) {
      const marked = await real.apply(eventId, [], deadline);
      return marked.kind === "done" ? unmarked(real, ports)(writes, deadline) : marked;
    },
  })),
  overEffects("a conflict counts as a duplicate", (real) => ({
    apply: (eventId, writes, deadline) =>
      real.apply(eventId, writes, deadline).catch(() => ({ kind: "duplicate" })),
  })),
  overEffects("an effect is marked for each attempt", (real, _, ports) => ({
    apply: (eventId, writes, deadline) => real.apply(`${eventId}#${ports.newId()}`, writes, deadline),
  })),
  inTables("a mark expires", (tables, now) => ({
    ...tables,
    effectOnceOf(consumer) {
      const { apply } = tables.effectOnceOf(consumer);
      return {
        async apply(...args) {
          for (const [mark, at] of tables.rows.marks)
            if (at + MARKS_EXPIRE_AFTER_MS < now()) tables.rows.marks.delete(mark);
          return apply(...args);
        },
      };
    },
  })),
  inParts("an effect counts as marked without its mark", ({ jobPorts, failures, ports }) => {
    const effectMarks = { consumersOf: async () => new Set(QUEUE_CONSUMERS) };
    const wrong = { ...jobPorts, effectMarks };
    return {
      sweepFailed: sweepFailedMessages({ ...ports, ...failures, effectMarks }),
      operations: { ...messageOperations(wrong), ...jobOperations(wrong) },
    };
  }),
];
