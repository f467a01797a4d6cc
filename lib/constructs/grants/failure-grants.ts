import type { ITable } from "aws-cdk-lib/aws-dynamodb";
import { FAILED_LISTING } from "../../../functions/contract/failures.ts";
import { ENV } from "../../../functions/contract/names.ts";
import type { ConsumerGrant } from "../consumer-function.ts";
import { dynamodb, grantTable } from "./table-grants.ts";

interface Returning {
  /** How long a retried or redriven message may have no outcome. */
  readonly returnWithinSeconds: number;
}

/** Writes rows of the failed-message table. */
export const grantPark =
  (failedMessages: ITable, { returnWithinSeconds }: Returning): ConsumerGrant =>
  (holder) =>
    holder
      .grant(grantTable(failedMessages, ENV.failedMessagesTable, "GetItem", "PutItem"))
      .set(ENV.returnWithinSeconds, returnWithinSeconds);

/** Writes rows of the failed-message table, lists them, and reads many at once. */
export const grantManageFailures =
  (failedMessages: ITable, returning: Returning): ConsumerGrant =>
  (holder) =>
    holder
      .grant(grantPark(failedMessages, returning))
      .allow(dynamodb(["BatchGetItem"]), failedMessages.tableArn)
      .allow(dynamodb(["Query"]), `${failedMessages.tableArn}/index/${FAILED_LISTING.indexName}`);
