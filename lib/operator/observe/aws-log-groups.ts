import { FUNCTIONS, isQueueConsumer, type QueueConsumer } from "../../../functions/consumers/consumers.ts";
import { API_FUNCTIONS, type ApiFunctionName } from "../../../functions/contract/api.ts";
import { BROKER_FUNCTIONS } from "../../../functions/contract/broker-names.ts";
import { logGroupName, type Named } from "../../constructs/resource-names.ts";

/** Log groups by their functions. */
export interface LogGroups {
  /** Before the name of the function. */
  readonly prefix: string;
  /** In every deployment. */
  readonly deployed: readonly string[];
  /** Only where the broker is deployed. */
  readonly ofBrokers: readonly string[];
}

/** Functions of the API that write no audit lines. */
const WITHOUT_AUDIT: readonly string[] = [
  "cancel-order",
  "read-order",
  "stock",
  "find-orders",
] satisfies ApiFunctionName[];

/** Functions whose audit lines are of operators' acts. */
export const OPERATED: readonly string[] = [
  ...API_FUNCTIONS.filter((name) => name !== "place-order" && !WITHOUT_AUDIT.includes(name)),
  "maintenance",
];

/** The functions that write audit lines. `consumers` are the deployed ones: the functions of others have no log group. */
export function auditLogGroups(stage: Named, consumers: readonly QueueConsumer[]): LogGroups {
  return {
    prefix: logGroupName(stage, ""),
    deployed: FUNCTIONS.filter(
      (name) => !WITHOUT_AUDIT.includes(name) && (!isQueueConsumer(name) || consumers.includes(name)),
    ),
    ofBrokers: Object.values(BROKER_FUNCTIONS).flat(),
  };
}
