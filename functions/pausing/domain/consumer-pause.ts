import type { ConsumerView } from "../../contract/operator-answers.ts";
import type { Pausable } from "../../contract/pausable.ts";

/** The row of a consumer that was paused at least once. */
export interface ConsumerPause {
  readonly consumer: string;
  readonly isPaused: boolean;
  /** The operator who paused or resumed it last, why and when. */
  readonly by: string;
  readonly why?: string;
  readonly at: string;
  /** false: Lambda has not accepted the switch of each event source mapping yet. Maintenance repeats it. */
  readonly isApplied: boolean;
  readonly revision: number;
  readonly writeId: string;
}

/** An event source mapping. `state` is Lambda's: Enabled, Disabling, … */
export interface SourceMapping {
  readonly id: string;
  readonly source: string;
  readonly state: string;
}

const ON = ["Enabled", "Enabling"];
const OFF = ["Disabled", "Disabling"];

/** Whether a mapping is switched, or is being switched. */
export function hasState({ state }: SourceMapping, isOn: boolean): boolean {
  return (isOn ? ON : OFF).includes(state);
}

/** A consumer as operators see it. */
export function viewOf(
  consumer: Pausable,
  row: ConsumerPause | undefined,
  mappings: readonly SourceMapping[],
): ConsumerView {
  const state = stateOf(consumer, row, mappings);
  const wanted = state === "RUNNING" ? "Enabled" : "Disabled";
  return {
    name: consumer.name,
    on: consumer.on,
    state,
    isSwitching: state !== "NOT_PROCESSING" && mappings.some((each) => each.state !== wanted),
    ...(row?.isPaused === true && { pause: actOf(row) }),
    ...(row?.isPaused === false && { resumed: actOf(row) }),
    mappings: mappings.map(({ source, state: its }) => ({ source, state: its })),
    keptSeconds: keptSecondsOf(consumer),
    whilePaused: consequences(consumer),
  };
}

function stateOf(
  { processes }: Pausable,
  row: ConsumerPause | undefined,
  mappings: readonly SourceMapping[],
): ConsumerView["state"] {
  if (!processes) return "NOT_PROCESSING";
  if (row?.isPaused === true) return "PAUSED";
  const isResuming = row?.isApplied === false;
  return !isResuming && mappings.some((each) => hasState(each, false)) ? "OFF" : "RUNNING";
}

const actOf = ({ by, why, at }: ConsumerPause) => ({ by, at, ...(why !== undefined && { why }) });

function keptSecondsOf({ keptSeconds, expiresSeconds }: Pausable): number {
  return expiresSeconds === 0 ? keptSeconds : Math.min(keptSeconds, expiresSeconds);
}

/** What a pause means, one sentence each; first how long messages are kept. */
function consequences(consumer: Pausable): readonly string[] {
  const { name, waitsIn, keptSeconds, expiresSeconds, backlogLimit, finishes } = consumer;
  const kept = lengthOf(keptSeconds);
  const waiting = {
    queue: `Messages wait in the queue of ${name}, which keeps each for ${kept} and then deletes it.`,
    stream: `Events wait in the stream of the orders table, which keeps each for ${kept} and then deletes it. Those older than an hour go to the bucket of crashed batches when ${name} is resumed, and maintenance publishes them.`,
    topic: `Records wait in the Kafka topic, which keeps each for ${kept}.`,
    rabbitmq: `Messages wait in RabbitMQ for ${kept}. Then each is retried by delays and finally parked.`,
  } as const satisfies Record<Pausable["waitsIn"], string>;
  return [
    waiting[waitsIn],
    ...(expiresSeconds > 0 && waitsIn !== "stream"
      ? [`${name} parks messages that are older than ${lengthOf(expiresSeconds)} as EXPIRED (maxAgeSeconds).`]
      : []),
    ...(finishes.includes("order.created") ? ["New orders stay PENDING."] : []),
    ...(finishes.includes("order.cancelled") ? ["Stock stays held for orders that are cancelled."] : []),
    ...(backlogLimit === undefined
      ? []
      : [`With more than ${backlogLimit} waiting messages the API refuses new orders (503 BUSY).`]),
  ];
}

const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

/** `4 days`, `90 minutes`. */
function lengthOf(seconds: number): string {
  const [unit, size] =
    UNITS.find(([, each]) => seconds >= each && seconds % each === 0) ?? (["second", 1] as const);
  const count = seconds / size;
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
