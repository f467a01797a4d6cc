import type { ITable } from "aws-cdk-lib/aws-dynamodb";
import { ENV } from "../../../functions/contract/names.ts";
import type { ConsumerGrant } from "../consumer-function.ts";
import { grantTable } from "./table-grants.ts";

/** Marks effects, and looks for one mark. No consumer can remove or change a mark. */
export const grantMarkEffects = (effects: ITable): ConsumerGrant =>
  grantTable(effects, ENV.effectsTable, "PutItem", "GetItem");

/** Finds the marks of an event. */
export const grantReadMarks = (effects: ITable): ConsumerGrant =>
  grantTable(effects, ENV.effectsTable, "Query");
