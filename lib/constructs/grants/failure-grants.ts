import type { Table } from "aws-cdk-lib/aws-dynamodb";
import { ENV, FAILED_BY_STATUS } from "../../../functions/contract/names.ts";
import type { Right } from "../function.ts";
import { dynamodb, reach } from "./table-grants.ts";

/** Writes rows of the failed-message store. */
export const parkFailures =
  (failedMessages: Table): Right =>
  (holder) =>
    holder
      .may(reach(failedMessages, ENV.failedMessagesTable, "GetItem", "PutItem"))
      .set(ENV.returnWithinSeconds, holder.settings.returnWithinSeconds);

/** Writes rows of the failed-message store, and finds them by status and due time. */
export const workOnFailures =
  (failedMessages: Table): Right =>
  (holder) =>
    holder
      .may(parkFailures(failedMessages))
      .allow(dynamodb(["Query"]), `${failedMessages.tableArn}/index/${FAILED_BY_STATUS.indexName}`);
