import type { ConsumerPause, SourceMapping } from "../../functions/pausing/domain/consumer-pause.ts";
import type { MappingSwitch } from "../../functions/pausing/ports/mapping-switch.ts";
import type { PauseStore } from "../../functions/pausing/ports/pause-store.ts";
import { memoryPut } from "./memory-put.ts";

export interface MemoryPauses extends PauseStore {
  readonly rows: Map<string, ConsumerPause>;
}

export function memoryPauses(): MemoryPauses {
  const rows = new Map<string, ConsumerPause>();
  return {
    rows,
    async get(consumer) {
      return rows.get(consumer);
    },
    async put(row, expectedRevision) {
      return memoryPut(rows, row.consumer, row, expectedRevision);
    },
  };
}

export interface MemoryMappings extends MappingSwitch {
  /** By physical name of the function; each has one mapping that is Enabled, until a test sets others. */
  readonly of: Map<string, SourceMapping[]>;
  /** Lambda switches what it accepted. */
  finish(): void;
}

/** Lambda's event source mappings: a switch is accepted, and done later; meanwhile it refuses another one. */
export function memoryMappings(): MemoryMappings {
  const of = new Map<string, SourceMapping[]>();
  const mappingsOf = (name: string) => {
    const known = of.get(name) ?? [{ id: `${name}-0`, source: `${name}-queue`, state: "Enabled" }];
    of.set(name, known);
    return known;
  };
  const change = (to: (mapping: SourceMapping) => string) => {
    for (const [name, all] of of)
      of.set(
        name,
        all.map((each) => ({ ...each, state: to(each) })),
      );
  };
  return {
    of,
    async list(functionName) {
      return mappingsOf(functionName);
    },
    async switch(id, isOn) {
      const found = [...of.values()].flat().find((each) => each.id === id);
      if (found?.state.endsWith("ing")) return undefined;
      const state = isOn ? "Enabling" : "Disabling";
      change((each) => (each.id === id ? state : each.state));
      return state;
    },
    finish: () => change(({ state }) => state.replace(/ing$/, "ed")),
  };
}
