import { useState } from "preact/hooks";
import type { BreakRequest } from "../../../observe/view-types.ts";

const RATES: readonly (readonly [label: string, rate: number])[] = [
  ["every call", 1],
  ["half of the calls", 0.5],
  ["one call in ten", 0.1],
];
const DURATIONS: readonly (readonly [label: string, seconds: number])[] = [
  ["for a minute", 60],
  ["for five minutes", 300],
  ["until mended", 0],
];

interface BreakFormProps {
  readonly targets: readonly string[];
  readonly onBreak: (request: BreakRequest) => void;
}

export function BreakForm({ targets, onBreak }: BreakFormProps) {
  const [target, setTarget] = useState("");
  const [rate, setRate] = useState(1);
  const [seconds, setSeconds] = useState(60);
  const chosen =
    target === "" ? (targets.find((each) => each.includes("stock")) ?? targets[0] ?? "") : target;
  return (
    <form
      class="sheet"
      aria-labelledby="break"
      onSubmit={(event) => {
        event.preventDefault();
        onBreak({ target: chosen, rate, ...(seconds === 0 ? {} : { forSeconds: seconds }) });
      }}
    >
      <h2 id="break">Break a part of the emulator</h2>
      <label class="line">
        <span>Target</span>
        <select value={chosen} onChange={({ currentTarget }) => setTarget(currentTarget.value)}>
          {targets.map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </select>
      </label>
      <label class="line">
        <span>Failing calls</span>
        <select value={rate} onChange={({ currentTarget }) => setRate(Number(currentTarget.value))}>
          {RATES.map(([label, value]) => (
            <option key={label} value={value}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <label class="line">
        <span>Duration</span>
        <select value={seconds} onChange={({ currentTarget }) => setSeconds(Number(currentTarget.value))}>
          {DURATIONS.map(([label, value]) => (
            <option key={label} value={value}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <p class="acts">
        <button type="submit" class="strong">
          Break
        </button>
      </p>
    </form>
  );
}
