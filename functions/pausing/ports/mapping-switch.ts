import type { SourceMapping } from "../domain/consumer-pause.ts";

/** The event source mappings of functions. */
export interface MappingSwitch {
  /** The mappings of a function by its physical name; may be some seconds old. */
  list(functionName: string): Promise<readonly SourceMapping[]>;
  /**
   * Switches a mapping, and resolves to its state after the call: Enabling or Disabling, because Lambda switches later.
   * `undefined` where Lambda refuses the call for now, because the mapping is being changed.
   */
  switch(id: string, isOn: boolean): Promise<string | undefined>;
}
