import { STATUSES } from "../../../functions/contract/order-status.ts";
import { type Command, oneOf, refuseArguments, textFlag, UsageError } from "./command.ts";
import { CONFIRM_FLAGS } from "./dry-run-flags.ts";
import { DURATION_EXAMPLES, durationSeconds } from "./duration.ts";
import { jobFlags, startMany } from "./start-many.ts";

export const ordersRepublish: Command = {
  name: "orders republish",
  takes: "--status <status>",
  summary: "Republish the latest event of orders with a status; dry run without --yes",
  flags: {
    status: {
      type: "string",
      value: "status",
      help: `Status of the orders, one of ${STATUSES.join(", ")}; required`,
    },
    older: {
      type: "string",
      default: "10m",
      value: "duration",
      help: `Minimum time since the last transition: ${DURATION_EXAMPLES}, at least 1m`,
    },
    ...jobFlags("republish"),
    ...CONFIRM_FLAGS,
  },
  example: 'orders republish --status PENDING --older 1h --yes --why "a subscription was missing"',
  async run(context) {
    refuseArguments(context);
    const given = textFlag(context, "status");
    const known = STATUSES.join(", ");
    if (given === undefined) throw new UsageError(`--status is required: one of ${known}`);
    const status = oneOf(given, "--status", STATUSES);
    const olderThanSeconds = durationSeconds(textFlag(context, "older"), "--older");
    if (olderThanSeconds < 60)
      throw new UsageError("--older must be at least 1m: younger events may still be in flight");
    return startMany(context, "republish", { orders: { status, olderThanSeconds } });
  },
};
