import { printableLine } from "../../terminal-text.ts";

const MAX_CELL_LENGTH = 70;
const MIN_CELL_LENGTH = 8;
const GAP = "  ";
/** Never cut or left out, because operators copy them. */
const KEYS: readonly string[] = [
  "KEY",
  "GROUP",
  "QUEUE",
  "ALARM",
  "CONSUMER",
  "ORDER",
  "JOB",
  "CUSTOMER",
  "TYPE",
];
/** Never cut, because the beginning of a time shows nothing. */
const TIMES: readonly string[] = ["LAST", "STARTED", "PLACED", "SINCE", "SENT", "VISIBLE AT"];

/**
 * Columns aligned under their headers; an empty string for no rows. `columns` is the width of the terminal: the widest
 * cells are cut until the table fits, and then the last columns are left out. Without it nothing is.
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
  const wanted = headers.map((header, at) => {
    const longest = Math.max(...lines.map((line) => line[at]?.length ?? 0));
    const width =
      columns === undefined || KEYS.includes(header) ? longest : Math.min(MAX_CELL_LENGTH, longest);
    return {
      at,
      width,
      isKey: KEYS.includes(header),
      mayShrink: !KEYS.includes(header) && !TIMES.includes(header),
    };
  });
  const shown = fitted(wanted, columns);
  return lines
    .map(
      (line) =>
        `${shown
          .map(({ at, width }) => cellOf(line[at] ?? "", width))
          .join(GAP)
          .trimEnd()}\n`,
    )
    .join("");
}

interface Column {
  readonly at: number;
  readonly width: number;
  readonly isKey: boolean;
  readonly mayShrink: boolean;
}

/** The columns that fit into a line; all of them where even the first two and the keys do not. */
function fitted(wanted: readonly Column[], columns = Number.POSITIVE_INFINITY): readonly Column[] {
  let kept = wanted;
  for (;;) {
    const cut = shrunk(kept, columns);
    const last = kept.findLast(({ at, isKey }) => !isKey && at > 1);
    if (widthOf(cut) <= columns) return cut;
    if (last === undefined) return shrunk(wanted, columns);
    kept = kept.filter((column) => column !== last);
  }
}

const widthOf = (columns: readonly Column[]): number =>
  columns.reduce((sum, { width }) => sum + width, GAP.length * (columns.length - 1));

/** With the widest cells cut until they fit, or have the least width. */
function shrunk(wanted: readonly Column[], columns: number): readonly Column[] {
  const widths = wanted.map(({ width }) => width);
  for (let surplus = widthOf(wanted) - columns; surplus > 0; surplus--) {
    const shrinkable = widths.map((width, at) => (wanted[at]?.mayShrink === true ? width : 0));
    const widest = Math.max(...shrinkable);
    if (widest <= MIN_CELL_LENGTH) break;
    widths[shrinkable.lastIndexOf(widest)] = widest - 1;
  }
  return wanted.map((column, at) => ({ ...column, width: widths[at] ?? column.width }));
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
