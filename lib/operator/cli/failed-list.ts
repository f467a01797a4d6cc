import type { RequestOf } from "../../../functions/contract/api-types.ts";
import { FAILED_STATUSES, LIST_ORDERS } from "../../../functions/contract/failures.ts";
import type { FailedList, FailedSummary } from "../../../functions/contract/operator-answers.ts";
import { call } from "../target/api-client.ts";
import { RequestError } from "../target/request-error.ts";
import {
  type Command,
  type CommandContext,
  EXIT,
  oneOf,
  refuseArguments,
  textFlag,
  UsageError,
  wholeNumber,
} from "./command.ts";
import { FILTER_FLAGS, filterOf } from "./filter-flags.ts";
import { table } from "./format-table.ts";

const LIMIT = 100;
const MAX_LIMIT = 10_000;
/** The most that the API returns at once. */
const PAGE = 500;

export const failedList: Command = {
  name: "failed list",
  takes: "",
  summary: "List failed messages, newest first",
  details: [
    "A search finds a text in the ids, error and body of a message, such as an order id or customer id.",
    "A text that is no id is searched in 2,000 bodies for each request: --all may take minutes.",
  ],
  flags: {
    status: {
      type: "string",
      default: "OPEN",
      value: "status",
      help: `One of ${FAILED_STATUSES.join(", ")}`,
    },
    ...FILTER_FLAGS,
    search: { type: "string", value: "text", help: "Only messages with this text, without regard to case" },
    order: { type: "string", default: "newest", value: "order", help: `${LIST_ORDERS.join(" or ")} first` },
    limit: {
      type: "string",
      value: "number",
      help: `Number of messages, up to ${MAX_LIMIT} (default: ${LIMIT})`,
    },
    all: { type: "boolean", default: false, help: "All messages" },
    cursor: { type: "string", value: "cursor", help: "Continue behind an earlier list, whose end prints it" },
  },
  example: "failed list --reason RETRIES_EXHAUSTED",
  async run(context) {
    refuseArguments(context);
    const query = queryFrom(context);
    const limit = limitOf(context);
    const output = context.json ? jsonOutput(context) : tableOutput(context);
    const read = reader(context, query.search !== undefined);
    let listed = 0;
    let cursor = textFlag(context, "cursor");
    let openCount: FailedList["openCount"];
    do {
      const page = await read({ query: { ...query, limit: Math.min(PAGE, limit - listed), cursor } });
      context.progress("");
      output.add(page.items);
      listed += page.items.length;
      openCount ??= page.openCount;
      cursor = page.cursor;
      if (cursor !== undefined) context.progress(`${listed} found, continuing at ${cursor.split("~")[0]}`);
    } while (cursor !== undefined && listed < limit);
    context.progress("");
    output.end(`no failed messages with status ${query.status}\n`);
    if (cursor !== undefined) context.note(moreText(listed, cursor, openCount));
    return EXIT.ok;
  },
};

function queryFrom(context: CommandContext) {
  const search = textFlag(context, "search");
  if (search?.trim() === "") throw new UsageError("--search must be a text of 1 to 200 characters");
  return {
    ...filterOf(context),
    status: oneOf(textFlag(context, "status") ?? "OPEN", "--status", FAILED_STATUSES),
    order: oneOf(textFlag(context, "order") ?? "newest", "--order", LIST_ORDERS),
    search,
  };
}

type Listing = "GET /failed-message-bodies" | "GET /failed-messages";

/** Reads pages; in a search with the bodies, where the caller may read bodies. */
function reader(context: CommandContext, isSearch: boolean) {
  let route: Listing = isSearch ? "GET /failed-message-bodies" : "GET /failed-messages";
  return async function read(page: RequestOf<Listing>): Promise<FailedList> {
    try {
      return await call(context, route, page);
    } catch (error) {
      const isRefused = error instanceof RequestError && error.status === 403;
      if (!isRefused || route === "GET /failed-messages") throw error;
      route = "GET /failed-messages";
      context.note("bodies are not searched: that needs the role operator");
      return read(page);
    }
  };
}

function limitOf(context: CommandContext): number {
  const { all, limit } = context.flags;
  if (all === true && limit !== undefined) throw new UsageError("--all and --limit exclude each other");
  if (all === true) return Number.POSITIVE_INFINITY;
  return limit === undefined ? LIMIT : wholeNumber(limit, "--limit", 1, MAX_LIMIT);
}

function moreText(listed: number, cursor: string, openCount: FailedList["openCount"]): string {
  const total =
    openCount === undefined || openCount.count < listed
      ? ""
      : `, with ${openCount.isExact ? "" : "about "}${openCount.count} open messages at ${openCount.at}`;
  return `listed ${listed}${total}; there may be more:  --cursor '${cursor}'  or  --all`;
}

interface Output {
  readonly add: (items: readonly FailedSummary[]) => void;
  readonly end: (none: string) => void;
}

/** One array, written page by page: a million messages are more than a string holds. */
function jsonOutput({ write }: CommandContext): Output {
  let isFirst = true;
  return {
    add(items) {
      for (const item of items) {
        write(`${isFirst ? "[" : ","}${JSON.stringify(item)}`);
        isFirst = false;
      }
    },
    end: () => write(isFirst ? "[]\n" : "]\n"),
  };
}

/** A table for each page, with its own column widths. */
function tableOutput({ write, columns }: CommandContext): Output {
  let isEmpty = true;
  return {
    add(items) {
      const rows = items.map(({ failedKey, reason, failures, generation, lastAt, errorMessage }) => [
        failedKey,
        reason,
        failures,
        generation,
        lastAt,
        errorMessage,
      ]);
      if (rows.length === 0) return;
      write(table(["KEY", "REASON", "FAILED", "GENERATION", "LAST", "ERROR"], rows, columns));
      isEmpty = false;
    },
    end(none) {
      if (isEmpty) write(none);
    },
  };
}
