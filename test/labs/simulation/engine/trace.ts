/** All steps in their order: always as a hash, as text only where recorded. */
export interface Trace {
  /** One step. `detail` is only called for a recorded trace. */
  step(at: number, label: string, detail?: () => string): void;
  readonly steps: number;
  /** FNV-1a over every label and time; equal hashes mean equal schedules. */
  hash(): string;
  readonly recordedSteps: readonly string[];
}

export function newTrace(isRecorded: boolean): Trace {
  const recordedSteps: string[] = [];
  let hash = 0x811c9dc5;
  let steps = 0;
  return {
    get steps() {
      return steps;
    },
    recordedSteps,
    step(at, label, detail) {
      steps += 1;
      hash = Math.imul(hash ^ (at | 0), 0x01000193);
      for (let i = 0; i < label.length; i++) hash = Math.imul(hash ^ label.charCodeAt(i), 0x01000193);
      if (isRecorded) {
        const time = new Date(at).toISOString().slice(5, 23).replace("T", " ");
        recordedSteps.push(`${time}  ${label}${detail === undefined ? "" : `  ${detail()}`}`);
      }
    },
    hash: () => (hash >>> 0).toString(16).padStart(8, "0"),
  };
}
