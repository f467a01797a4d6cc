import { styleText } from "node:util";
import { printable, printableJson, printableLine } from "../../terminal-text.ts";
import { isRecord } from "../assembly/template-values.ts";
import { parseJsonLine } from "../json-line.ts";
import type { LogLine } from "../types.ts";

/** A line for the terminal; undefined for one that is not printed. */
export type LineFormat = (line: LogLine) => string | undefined;

/** Every line as JSON, with functions' own JSON unchanged inside. */
export const jsonFormat: LineFormat = ({ at, source, stream, text }) =>
  printableJson(JSON.stringify({ at, source, stream, line: parseJsonLine(text) ?? text }));

/** A line of a function cannot look like one of the emulator. */
const INDENTED = `\n${" ".repeat(14)}`;

/** The reason a consumer gives for an event type that it ignores, as most events of a topic with all types. */
const NOT_OURS = "type not ours";

/**
 * One compact line for each processed or published message. Metrics are in `/_emulator/metrics`, and ignored events of
 * other types in `/_emulator/logs`.
 */
export const compactFormat: LineFormat = ({ at, source, stream, text }) => {
  const clock = styleText("dim", new Date(at).toISOString().slice(11, 23));
  const name = printableLine(source).padEnd(15);
  const line = parseJsonLine(text);
  if (isRecord(line) && line["_aws"] !== undefined) return undefined;
  if (isRecord(line) && line["outcome"] === "ignored" && line["why"] === NOT_OURS) return undefined;
  if (isRecord(line) && line["audit"] !== undefined) return `${clock}  ${name}  ${auditText(line)}`;
  const printed = printable(isRecord(line) ? fieldsText(line) : errorText(text)).replaceAll("\n", INDENTED);
  return `${clock}  ${name}  ${stream === "stderr" ? styleText("red", printed) : printed}`;
};

/** An error that the runtime reports as JSON, with its message and its stack on lines of their own; other text as it is. */
function errorText(text: string): string {
  const [, title, json] = /^((?:Init|Invoke) Error) (\{.*\})$/s.exec(text) ?? [];
  const error = json === undefined ? undefined : parseJsonLine(json);
  if (!isRecord(error)) return text;
  const { errorType, errorMessage, trace } = error;
  const stack = Array.isArray(trace) ? trace.filter((line) => /^\s+at /.test(String(line))) : [];
  return [`${title}: ${errorType}: ${errorMessage}`, ...stack].join("\n");
}

const COLORS = { done: "green", duplicate: "cyan", ignored: "cyan", retry: "yellow", park: "red" } as const;

function auditText(line: Readonly<Record<string, unknown>>): string {
  const { audit, outcome, type, eventId, why, attempt } = line;
  const result = String(outcome ?? audit);
  const color = Object.entries(COLORS).find(([kind]) => kind === result)?.[1] ?? "reset";
  const subject = String(eventId ?? "")
    .split(":", 2)
    .join(":");
  const details = [
    ...(why === undefined ? [] : [String(why)]),
    ...(typeof attempt === "number" && attempt > 1 ? [`attempt ${attempt}`] : []),
  ];
  const rest = [String(type ?? "").padEnd(15), subject, ...details].map(printableLine);
  return [styleText(color, printableLine(result).padEnd(9)), ...rest].join("  ").trimEnd();
}

/** `message key=value …` for other JSON lines; nested values stay JSON. */
function fieldsText(line: Readonly<Record<string, unknown>>): string {
  const { message, ...fields } = line;
  const pairs = Object.entries(fields).map(
    ([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  return [...(message === undefined ? [] : [String(message)]), ...pairs].join(" ");
}
