import type { ITable } from "aws-cdk-lib/aws-dynamodb";
import { ENV, FAILED_BY_STATUS } from "../../../functions/contract/names.ts";
import type { Grant } from "../function.ts";
import { dynamodb, grantTable } from "./table-grants.ts";

/** Writes rows of the failed-message table. */
export const grantPark =
  (failedMessages: ITable): Grant =>
  (holder) =>
    holder
      .grant(grantTable(failedMessages, ENV.failedMessagesTable, "GetItem", "PutItem"))
      .set(ENV.returnWithinSeconds, holder.settings.returnWithinSeconds);

/** Writes rows of the failed-message table, and finds them by status and due time. */
export const grantManageFailures =
  (failedMessages: ITable): Grant =>
  (holder) =>
    holder
      .grant(grantPark(failedMessages))
      .allow(dynamodb(["Query"]), `${failedMessages.tableArn}/index/${FAILED_BY_STATUS.indexName}`);
