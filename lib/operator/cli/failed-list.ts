import { FAILED_STATUSES } from "../../../functions/contract/failures.ts";
import type { FailedSummary } from "../../../functions/contract/operator-answers.ts";
import { request } from "../target/api-client.ts";
import { type Command, EXIT, oneOf, refuseArguments, textFlag } from "./command.ts";
import { FILTER_FLAGS, filterOf, queryText } from "./filter-flags.ts";
import { table } from "./format-table.ts";

const MAX_ITEMS = 1_000;

export const failedList: Command = {
  name: "failed list",
  takes: "",
  summary: "List failed messages, oldest first",
  flags: {
    status: {
      type: "string",
      default: "OPEN",
      value: "status",
      help: `One of ${FAILED_STATUSES.join(", ")}`,
    },
    ...FILTER_FLAGS,
  },
  example: "failed list --reason RETRIES_EXHAUSTED",
  async run(context) {
    refuseArguments(context);
    const query = {
      ...filterOf(context),
      status: oneOf(textFlag(context, "status") ?? "OPEN", "--status", FAILED_STATUSES),
    };
    const items: FailedSummary[] = [];
    let cursor: string | undefined;
    do {
      const pageQuery = cursor === undefined ? query : { ...query, cursor };
      const body = await request(context, { path: `/failed-messages${queryText(pageQuery)}` });
      items.push(...(body["items"] as FailedSummary[]));
      cursor = body["cursor"] as string | undefined;
    } while (cursor !== undefined && items.length < MAX_ITEMS);
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
      context.write(
        table(["KEY", "REASON", "FAILED", "GENERATION", "LAST", "ERROR"], rows, context.columns) ||
          `no failed messages with status ${query.status}\n`,
      );
      if (cursor !== undefined) context.write(`more exist; these are the first ${items.length}\n`);
    }
    return EXIT.ok;
  },
};
