import type { Plan } from "./plan.ts";

/** What was written, or would be, for a terminal. */
export function planText(plan: Plan, isDryRun: boolean): string {
  const created = [...plan.created].map(([path, text]) =>
    isDryRun ? `  ${path}\n${marked("+", text.trimEnd().split("\n"))}` : `  ${path}`,
  );
  const changed = [...plan.changed].map(
    ([path, { before, after }]) => `  ${path}\n${changedLines(before, after)}`,
  );
  const next = plan.next.map(([command, purpose]) => `  ${command}\n      ${purpose}`);
  const part = (what: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [`${isDryRun ? `Would be ${what.toLowerCase()}` : what}:\n${lines.join("\n")}`];
  return `${[
    ...part("Created", created),
    ...part(
      "Removed",
      plan.removed.map((path) => `  ${path}`),
    ),
    ...part("Changed", changed),
    ...(isDryRun ? ["Nothing was written."] : [`Next:\n${next.join("\n")}`]),
  ].join("\n\n")}\n`;
}

/** For scripts; a dry run has the texts as well. */
export function planJson(plan: Plan, isDryRun: boolean): string {
  const result = {
    dryRun: isDryRun,
    created: isDryRun ? Object.fromEntries(plan.created) : [...plan.created.keys()],
    changed: isDryRun
      ? Object.fromEntries([...plan.changed].map(([path, { after }]) => [path, after]))
      : [...plan.changed.keys()],
    removed: plan.removed,
    next: plan.next.map(([command]) => command),
  };
  return `${JSON.stringify(result, null, 2)}\n`;
}

/** The lines between the common beginning and the common end. */
function changedLines(before: string, after: string): string {
  const old = before.split("\n");
  const now = after.split("\n");
  let start = 0;
  while (start < old.length && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < Math.min(old.length, now.length) - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  const removed = old.slice(start, old.length - end);
  const added = now.slice(start, now.length - end);
  const kept = new Set(removed);
  return [
    marked(
      "-",
      removed.filter((line) => !added.includes(line)),
    ),
    marked(
      "+",
      added.filter((line) => !kept.has(line)),
    ),
  ]
    .filter((part) => part !== "")
    .join("\n");
}

const marked = (sign: string, lines: readonly string[]): string =>
  lines.map((line) => `    ${sign} ${line}`.trimEnd()).join("\n");
