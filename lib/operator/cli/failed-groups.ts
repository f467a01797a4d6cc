import type { FailureGroup } from "../../../functions/contract/operator-answers.ts";
import { call } from "../target/api-client.ts";
import { type Command, type CommandContext, EXIT, refuseArguments } from "./command.ts";
import { FILTER_FLAGS, filterOf } from "./filter-flags.ts";
import { table } from "./format-table.ts";

export const failedGroups: Command = {
  name: "failed groups",
  takes: "",
  summary: "List failed messages, grouped by cause, largest group first",
  flags: FILTER_FLAGS,
  example: "failed groups --consumer order-created",
  async run(context) {
    refuseArguments(context);
    const groups = await readGroups(context, { reports: true });
    context.write(context.json ? `${JSON.stringify(groups)}\n` : groupsText(groups, context.columns));
    return groups.length > 0 ? EXIT.failed : EXIT.ok;
  },
};

/** `reports`: whether a line on standard error reports that the groups are not complete. */
export async function readGroups(
  context: CommandContext,
  { reports = false }: { readonly reports?: boolean } = {},
): Promise<readonly FailureGroup[]> {
  const query = filterOf(context);
  const { groups, isComplete } = await call(context, "GET /failed-messages/groups", { query });
  if (reports && !isComplete) {
    context.note(
      "not complete: more than 10,000 messages or 500 groups; select fewer, as with --reason or --from",
    );
  }
  return groups;
}

export function groupsText(groups: readonly FailureGroup[], columns: number | undefined): string {
  const rows = groups.map(({ fingerprint, count, consumer, eventType, reason, lastAt, errorMessage }) => [
    fingerprint,
    count,
    consumer,
    eventType,
    reason,
    lastAt,
    errorMessage,
  ]);
  return (
    table(["GROUP", "COUNT", "CONSUMER", "TYPE", "REASON", "LAST", "ERROR"], rows, columns) ||
    "no failed messages\n"
  );
}
