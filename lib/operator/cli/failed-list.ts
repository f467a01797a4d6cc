import { request } from "../target/api-client.ts";
import { type Command, EXIT, oneOf, textFlag, UsageError } from "./command.ts";
import { FILTER_FLAGS, FILTER_HELP, filterOf, queryText } from "./filter-flags.ts";
import { table } from "./format-table.ts";

interface Summary {
  readonly failedKey: string;
  readonly status: string;
  readonly reason: string;
  readonly failures: number;
  readonly generation: number;
  readonly lastAt: string;
  readonly errorMessage?: string;
}

const MOST = 1_000;
const STATUSES: readonly string[] = ["OPEN", "RETRYING", "REDRIVEN", "RESOLVED", "DISCARDED"];

export const failedList: Command = {
  name: "failed list",
  takes: "",
  summary: "list messages that could not be processed, oldest first",
  flags: { ...FILTER_FLAGS, status: { type: "string", default: "OPEN" } },
  flagHelp: [`--status S     one of ${STATUSES.join(", ")} (default OPEN)`, ...FILTER_HELP],
  async run(context) {
    if (context.positionals.length > 0) throw new UsageError("this takes flags only");
    const query = {
      ...filterOf(context),
      status: oneOf(textFlag(context, "status") ?? "OPEN", "--status", STATUSES),
    };
    const items: Summary[] = [];
    let cursor: string | undefined;
    do {
      const asked = cursor === undefined ? query : { ...query, cursor };
      const body = await request(context, { path: `/failed-messages${queryText(asked)}` });
      items.push(...(body["items"] as Summary[]));
      cursor = body["cursor"] as string | undefined;
    } while (cursor !== undefined && items.length < MOST);
    if (context.json) context.write(`${JSON.stringify(items)}\n`);
    else {
      const rows = items.map(({ failedKey, reason, failures, generation, lastAt, errorMessage }) => [
        failedKey,
        reason,
        failures,
        generation,
        lastAt,
        errorMessage,
      ]);
      context.write(table(["KEY", "REASON", "FAILED", "GENERATION", "LAST", "ERROR"], rows) || "none\n");
      if (cursor !== undefined) context.write(`… and more: these are the first ${items.length}\n`);
    }
    return EXIT.ok;
  },
};
