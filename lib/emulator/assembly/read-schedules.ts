import type { FunctionSpec } from "../types.ts";
import type { ScheduleSpec } from "./model.ts";
import { functionOf } from "./read-functions.ts";
import type { ResolvedAssembly, ResolvedResource } from "./resolve-assembly.ts";
import { AssemblyError, isRecord, listAt, recordAt, stringAt } from "./template-values.ts";

const UNIT_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/** Rules and schedules with a `rate(...)`; cron expressions and event patterns are left out. */
export const readSchedules = (
  assembly: ResolvedAssembly,
  functions: readonly FunctionSpec[],
): ScheduleSpec[] => [
  ...assembly
    .read("AWS::Events::Rule", (rule) => {
      if (rule.properties["EventPattern"] !== undefined) {
        throw new AssemblyError(`${rule.path}: the local emulator has no event bus; it runs schedules only`);
      }
      const targets = listAt(rule.properties["Targets"], `${rule.path}: Targets`);
      return targets.map((target) => toSchedule(rule, recordAt(target, `${rule.path}: Targets`), functions));
    })
    .flat(),
  ...assembly.read("AWS::Scheduler::Schedule", (schedule) =>
    toSchedule(schedule, recordAt(schedule.properties["Target"], `${schedule.path}: Target`), functions),
  ),
];

function toSchedule(
  { name, path, properties }: ResolvedResource,
  target: Readonly<Record<string, unknown>>,
  functions: readonly FunctionSpec[],
): ScheduleSpec {
  const input = target["Input"];
  return {
    name,
    everyMs: rateMs(stringAt(properties["ScheduleExpression"], `${path}: ScheduleExpression`), path),
    functionName: functionOf(functions, target["Arn"], `${path}: target`),
    input: typeof input === "string" ? JSON.parse(input) : scheduledEvent(name, isRecord(input) ? input : {}),
    enabled: properties["State"] !== "DISABLED",
  };
}

/** Milliseconds of `rate(1 minute)`. */
export function rateMs(expression: string, path: string): number {
  const match = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression);
  const [, count, unit] = match ?? [];
  if (count === undefined || !isUnit(unit)) {
    throw new AssemblyError(`${path}: the local emulator runs rate(...) schedules, not ${expression}`);
  }
  return Number(count) * UNIT_MS[unit];
}

const isUnit = (unit: string | undefined): unit is keyof typeof UNIT_MS =>
  unit !== undefined && Object.hasOwn(UNIT_MS, unit);

/** EventBridge's event for a scheduled rule without an input. */
const scheduledEvent = (name: string, detail: object) => ({
  version: "0",
  source: "aws.events",
  "detail-type": "Scheduled Event",
  resources: [name],
  detail,
});
