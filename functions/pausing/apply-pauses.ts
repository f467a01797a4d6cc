import type { EventType } from "../contract/order-status.ts";
import type { Pausable } from "../contract/pausable.ts";
import type { AuditAct } from "../middleware/audit.ts";
import type { Clock } from "../middleware/clock.ts";
import { type ConsumerPause, hasState, type SourceMapping } from "./domain/consumer-pause.ts";
import type { MappingSwitch } from "./ports/mapping-switch.ts";
import type { PauseStore } from "./ports/pause-store.ts";

export interface PausePorts {
  readonly pauses: PauseStore;
  readonly mappings: MappingSwitch;
  /** The consumers of the deployment. */
  readonly pausable: readonly Pausable[];
  readonly clock: Clock;
  readonly newId: () => string;
  readonly audit: AuditAct;
}

export interface Applied {
  readonly row: ConsumerPause | undefined;
  readonly mappings: readonly SourceMapping[];
  /** Mappings that were switched by the call. */
  readonly switched: number;
}

/** A row that changes this often while it is applied is left to the next run. */
const MOST_TURNS = 5;

/**
 * Gives the event source mappings of a consumer the state of its row. The row is read again afterwards, because an
 * operator may have changed it in between: the state that was written last is applied last.
 */
export async function applyPause(ports: PausePorts, { name, functionName }: Pausable): Promise<Applied> {
  const { pauses, mappings: sources, newId } = ports;
  let switched = 0;
  for (let turn = 1; ; turn += 1) {
    const row = await pauses.get(name);
    const isOn = row?.isPaused !== true;
    const mappings = await Promise.all(
      (await sources.list(functionName)).map(async (mapping): Promise<SourceMapping> => {
        if (hasState(mapping, isOn)) return mapping;
        const state = await sources.switch(mapping.id, isOn);
        if (state === undefined) return mapping;
        switched += 1;
        return { ...mapping, state };
      }),
    );
    const isApplied = mappings.every((each) => hasState(each, isOn));
    const current = await pauses.get(name);
    const isCurrent = current?.revision === row?.revision;
    if (!isCurrent && turn < MOST_TURNS) continue;
    if (!isCurrent || row === undefined || row.isApplied || !isApplied)
      return { row: current, mappings, switched };
    const applied = { ...row, isApplied, revision: row.revision + 1, writeId: newId() };
    if (await pauses.put(applied, row.revision)) return { row: applied, mappings, switched };
  }
}

/**
 * Applies the rows of paused consumers again, because a deployment may have switched their mappings on, and those that
 * Lambda did not accept before. Resolves to the age of the oldest pause.
 */
export function applyPauses(ports: PausePorts) {
  return async (deadline: number): Promise<{ paused: number; switched: number; oldestSeconds: number }> => {
    const totals = { paused: 0, switched: 0, oldestSeconds: 0 };
    for (const consumer of ports.pausable) {
      const row = await ports.pauses.get(consumer.name);
      if (row === undefined || !consumer.processes) continue;
      if (row.isPaused) {
        totals.paused += 1;
        const age = Math.max(0, Math.floor((ports.clock.now() - Date.parse(row.at)) / 1_000));
        totals.oldestSeconds = Math.max(totals.oldestSeconds, age);
      }
      if ((!row.isPaused && row.isApplied) || ports.clock.now() > deadline) continue;
      const { switched } = await applyPause(ports, consumer);
      totals.switched += switched;
      if (switched > 0)
        ports.audit({ act: row.isPaused ? "pause" : "resume", consumer: consumer.name, by: "maintenance" });
    }
    return totals;
  };
}

/** The types of the events whose effect on orders waits for a paused consumer. */
export function pausedEventTypes({ pauses, pausable }: Pick<PausePorts, "pauses" | "pausable">) {
  return async (): Promise<readonly EventType[]> => {
    const finishing = pausable.filter(({ finishes, processes }) => finishes.length > 0 && processes);
    const rows = await Promise.all(finishing.map(({ name }) => pauses.get(name)));
    return finishing.flatMap(({ finishes }, i) => (rows[i]?.isPaused === true ? finishes : []));
  };
}
