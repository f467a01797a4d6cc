import { printableLine } from "../../terminal-text.ts";

const MAX_CELL_LENGTH = 70;
const MIN_CELL_LENGTH = 8;
const GAP = "  ";
/** Never cut, because operators copy them. */
const KEYS: readonly string[] = ["KEY", "GROUP", "QUEUE", "ALARM", "CONSUMER", "ORDER"];

/**
 * Columns aligned under their headers; an empty string for no rows. `columns` is the width of the terminal: the widest
 * cells are cut until the table fits. Without it nothing is cut.
 */
export function table(
  headers: readonly string[],
  rows: readonly (readonly unknown[])[],
  columns: number | undefined,
): string {
  if (rows.length === 0) return "";
  const lines = [
    headers,
    ...rows.map((row) => row.map((value) => (value === undefined ? "-" : printableLine(String(value))))),
  ];
  const widths = fitted(
    headers.map((header, column) => {
      const longest = Math.max(...lines.map((line) => line[column]?.length ?? 0));
      return columns === undefined || KEYS.includes(header) ? longest : Math.min(MAX_CELL_LENGTH, longest);
    }),
    headers.map((header) => !KEYS.includes(header)),
    columns,
  );
  return lines
    .map(
      (line) =>
        `${line
          .map((cell, at) => cellOf(cell, widths[at]))
          .join(GAP)
          .trimEnd()}\n`,
    )
    .join("");
}

/** The widths that fit into a line, where cutting cells can achieve that. */
function fitted(
  wanted: readonly number[],
  mayShrink: readonly boolean[],
  columns = Number.POSITIVE_INFINITY,
): readonly number[] {
  const widths = [...wanted];
  let surplus = widths.reduce((sum, width) => sum + width, GAP.length * (widths.length - 1)) - columns;
  while (surplus > 0) {
    const shrinkable = widths.map((width, at) => (mayShrink[at] === true ? width : 0));
    const widest = Math.max(...shrinkable);
    if (widest <= MIN_CELL_LENGTH) break;
    widths[shrinkable.lastIndexOf(widest)] = widest - 1;
    surplus -= 1;
  }
  return widths;
}

function cellOf(text: string, width = 0): string {
  if (text.length <= width) return text.padEnd(width);
  // Half a pair would be escaped.
  return `${text.slice(0, width - 1).replace(/[\uD800-\uDBFF]$/, "")}…`.padEnd(width);
}

/** `[######----] 6/10` */
export function bar(done: number, total: number): string {
  const width = 24;
  const filled = total === 0 ? width : Math.min(width, Math.floor((done / total) * width));
  return `[${"#".repeat(filled)}${"-".repeat(width - filled)}] ${done}/${total}`;
}
