/** A state in one word. Bad states have a mark too, so that the colour is not the only sign. */
const BAD: ReadonlySet<string> = new Set([
  "OPEN",
  "ALARM",
  "STOPPED",
  "ABORTED",
  "park",
  "parked",
  "expired",
  "crashed",
  "PAUSED",
  "OFF",
]);
const BUSY: ReadonlySet<string> = new Set(["RETRYING", "REDRIVEN", "RUNNING", "PENDING", "retry", "failed"]);

export function Badge({ state }: { readonly state: string }) {
  const tone = BAD.has(state) ? "bad" : BUSY.has(state) ? "busy" : "calm";
  return <span class={`badge ${tone}`}>{state.toLowerCase()}</span>;
}
