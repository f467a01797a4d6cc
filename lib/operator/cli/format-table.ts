import { printableLine } from "../../terminal-text.ts";

/** Columns aligned under their headers; an empty string for no rows. */
export function table(headers: readonly string[], rows: readonly (readonly unknown[])[]): string {
  if (rows.length === 0) return "";
  const lines = [headers, ...rows.map((row) => row.map((value, column) => textOf(value, headers[column])))];
  const widths = headers.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map(
      (line) =>
        `${line
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}

const MAX_CELL_LENGTH = 70;

/** Keys are never cut, because operators copy them. */
function textOf(value: unknown, header = ""): string {
  const text = value === undefined ? "-" : printableLine(String(value));
  if (text.length <= MAX_CELL_LENGTH || header === "KEY") return text;
  // Half a pair would be escaped.
  return `${text.slice(0, MAX_CELL_LENGTH - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** `[######----] 6/10` */
export function bar(done: number, total: number): string {
  const width = 24;
  const filled = total === 0 ? width : Math.min(width, Math.floor((done / total) * width));
  return `[${"#".repeat(filled)}${"-".repeat(width - filled)}] ${done}/${total}`;
}
