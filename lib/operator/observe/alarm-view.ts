import { CONSUMER_NAMES } from "../../../functions/consumers/consumers.ts";
import type { AlarmKind } from "../../settings/thresholds.ts";
import type { AlarmView } from "./view-types.ts";

/** An alarm of CloudWatch or of the emulator. */
export interface AlarmFacts {
  readonly name: string;
  readonly state: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** Ends with `Runbook: lib/stacks/runbooks.md#alarm-<kind>`. */
  readonly description: string;
  readonly reason?: string;
}

const RUNBOOK = /\s*Runbook: lib\/stacks\/runbooks\.md#(alarm-[\w-]+)\s*$/;

/** Before the consumer and its own table, or a shared table. */
const OF_TABLE = `-${"table-throttles" satisfies AlarmKind}-`;

/** Takes the runbook out of the description, and the consumer out of the name. */
export function alarmView({ name, state, since, description, reason }: AlarmFacts): AlarmView {
  const runbook = RUNBOOK.exec(description)?.[1];
  const consumer = CONSUMER_NAMES.find((each) =>
    name.includes(OF_TABLE) ? name.includes(`${OF_TABLE}${each}-`) : name.endsWith(`-${each}`),
  );
  return {
    name,
    state: state === "OK" || state === "ALARM" ? state : "UNKNOWN",
    since,
    description: description.replace(RUNBOOK, ""),
    runbook: runbook ?? "",
    ...(consumer === undefined ? {} : { consumer }),
    ...(reason === undefined || reason === "" ? {} : { reason }),
  };
}

/** Alarms in state ALARM first, the latest at the top; then by name. */
export const urgentFirst = (alarms: readonly AlarmView[]): AlarmView[] =>
  alarms.toSorted(
    (left, right) =>
      Number(right.state === "ALARM") - Number(left.state === "ALARM") ||
      (left.state === "ALARM" ? right.since - left.since : left.name.localeCompare(right.name)),
  );
