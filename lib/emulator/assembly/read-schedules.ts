import { CronError, parseCron } from "./cron.ts";
import type { FunctionSpec, ScheduleSpec, ScheduleTarget, ScheduleTrigger } from "./model.ts";
import { functionOf } from "./read-functions.ts";
import type { ResolvedAssembly, ResolvedResource } from "./resolve-assembly.ts";
import { AssemblyError, isRecord, type Json, listAt, recordAt, stringAt } from "./template-values.ts";

const UNIT_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/** Scheduled rules and schedules, one for each target. Event patterns are left out, with their name. */
export const readSchedules = (
  assembly: ResolvedAssembly,
  functions: readonly FunctionSpec[],
): ScheduleSpec[] => {
  const rules = assembly.read("AWS::Events::Rule", (rule) => {
    const { path, properties } = rule;
    if (properties["EventPattern"] !== undefined)
      throw new AssemblyError(`${path}: the local emulator has no event bus; it runs schedules only`);
    return listAt(properties["Targets"], `${path}: Targets`).map((value) =>
      toSchedule(rule, recordAt(value, `${path}: Targets`), functions, "aws.events"),
    );
  });
  return [
    ...rules.flat(),
    ...assembly.read("AWS::Scheduler::Schedule", (schedule) => {
      const target = recordAt(schedule.properties["Target"], `${schedule.path}: Target`);
      return toSchedule(schedule, target, functions, "aws.scheduler");
    }),
  ];
};

function toSchedule(
  { name, path, properties, identity }: ResolvedResource,
  target: Json,
  functions: readonly FunctionSpec[],
  source: ScheduleSpec["source"],
): ScheduleSpec {
  for (const property of ["InputTransformer", "InputPath"]) {
    if (target[property] !== undefined)
      throw new AssemblyError(`${path}: the local emulator supports a constant Input, not ${property}`);
  }
  const expression = stringAt(properties["ScheduleExpression"], `${path}: ScheduleExpression`);
  const zone = properties["ScheduleExpressionTimezone"];
  const input = target["Input"];
  return {
    name,
    arn: identity.attributes["Arn"] ?? identity.ref,
    source,
    trigger: triggerOf(expression, path, typeof zone === "string" ? zone : "UTC"),
    target: targetOf(target, functions, path),
    ...(typeof input === "string" ? { input: parseInput(input) } : {}),
    enabled: properties["State"] !== "DISABLED",
  };
}

/** EventBridge takes any text; one that is not JSON reaches the function as a string. */
function parseInput(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function targetOf(target: Json, functions: readonly FunctionSpec[], path: string): ScheduleTarget {
  const arn = stringAt(target["Arn"], `${path}: target`);
  const parameters = target["SqsParameters"];
  const groupId = isRecord(parameters) ? parameters["MessageGroupId"] : undefined;
  if (/^arn:aws:(sqs|sns):/.test(arn))
    return { kind: "send", arn, ...(typeof groupId === "string" ? { groupId } : {}) };
  if (/^arn:/.test(arn) && !arn.startsWith("arn:aws:lambda:"))
    throw new AssemblyError(
      `${path}: the local emulator sends to functions, queues and topics, not to ${arn}`,
    );
  return { kind: "function", functionName: functionOf(functions, arn, `${path}: target`) };
}

/** The trigger of `rate(1 minute)`, `cron(0 8 * * ? *)` or `at(2030-01-01T00:00:00)`. */
export function triggerOf(expression: string, path: string, timeZone: string): ScheduleTrigger {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  if (count !== undefined && isUnit(unit)) return { kind: "rate", everyMs: Number(count) * UNIT_MS[unit] };
  const fields = /^cron\((.*)\)$/.exec(expression)?.[1];
  const at = /^at\((.*)\)$/.exec(expression)?.[1];
  try {
    new Intl.DateTimeFormat("en-US", { timeZone });
    if (fields !== undefined) return { kind: "cron", cron: parseCron(fields), timeZone };
  } catch (error) {
    if (error instanceof CronError || error instanceof RangeError)
      throw new AssemblyError(`${path}: ${error.message}`);
    throw error;
  }
  const time = Date.parse(`${at}Z`);
  if (Number.isNaN(time) || timeZone !== "UTC")
    throw new AssemblyError(`${path}: the local emulator runs rate, cron and at in UTC, not ${expression}`);
  return { kind: "at", at: time };
}

const isUnit = (unit: string | undefined): unit is keyof typeof UNIT_MS =>
  unit !== undefined && Object.hasOwn(UNIT_MS, unit);
