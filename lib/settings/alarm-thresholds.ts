import { changedThreshold, type DescribedThreshold, type Threshold } from "./consumer-thresholds.ts";
import { type Rule, SettingError } from "./read-setting.ts";
import { type AlarmKind, THRESHOLDS } from "./thresholds.ts";

const KINDS = Object.keys(THRESHOLDS);

/** `<kind of alarm>:<number>`: the alarm goes off above the number. */
export const ALARM_THRESHOLDS_RULE: Rule = {
  kind: "texts",
  pattern: new RegExp(`^(${KINDS.join("|")}):\\d{1,9}(\\.\\d{1,6})?$`),
  expected: `thresholds such as queue-length:50000 (kinds: ${KINDS.join(", ")})`,
};

interface Chosen {
  readonly alarmThresholds: readonly string[];
}

/** Throws `SettingError` for two thresholds of one kind. */
export function refuseTwoThresholds({ alarmThresholds }: Chosen): void {
  const kinds = alarmThresholds.map(kindOf);
  const twice = kinds.find((kind, i) => kinds.indexOf(kind) !== i);
  if (twice !== undefined)
    throw new SettingError(
      `Setting "alarmThresholds" takes one threshold for each kind; received two of ${twice}.`,
    );
}

/**
 * The threshold of an alarm: by the settings, otherwise the default. A batch is collected for up to
 * `batchWindowSeconds`, which makes no message late.
 */
export function thresholdOf(
  { alarmThresholds }: Chosen,
  kind: AlarmKind,
  batchWindowSeconds = 0,
): DescribedThreshold {
  const usual: Threshold = THRESHOLDS[kind];
  const chosen = alarmThresholds.find((each) => kindOf(each) === kind)?.split(":")[1];
  const longest = kind === "message-age" ? usual.above + batchWindowSeconds : usual.above;
  return changedThreshold(usual, { above: chosen === undefined ? longest : Number(chosen) });
}

const kindOf = (chosen: string) => chosen.split(":")[0];
