import type { RegionQuotas } from "../../settings/region-quotas.ts";
import type { TableSpec } from "../assembly/model.ts";
import type { AwsCall, CallCheck, Refusal } from "../calls/aws-call.ts";
import { makeThrottle } from "../gateway/throttle.ts";
import type { Clock } from "../types.ts";
import { type PartitionUnits, partitionUnits, readPartition } from "./partition-units.ts";
import { cancelledTransaction } from "./transaction-conflicts.ts";
import { actionsOf } from "./written-items.ts";

const SNS_THROTTLED: Refusal = { status: 429, code: "Throttled", message: "Rate exceeded" };
const SES_THROTTLED: Refusal = {
  status: 429,
  code: "TooManyRequestsException",
  message: "Maximum sending rate exceeded.",
};
const THROUGHPUT =
  "Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index.";

/** Refuses the calls above the quotas of a region, with the error of the service. `clock` measures the passing time. */
export function callQuotas(
  quotas: RegionQuotas,
  tables: readonly TableSpec[],
  clock: Clock,
  onRefused: (service: string) => void = () => {},
): CallCheck {
  const perSecond = ({ limit }: { readonly limit: number }) =>
    makeThrottle({ rate: limit, burst: limit }, clock);
  const messages = perSecond(quotas.snsMessagesPerSecond);
  const mails = perSecond(quotas.sesMailsPerSecond);
  const partitions = partitionQuota(quotas, tables, clock);

  const refusalOf = (call: AwsCall): Refusal | undefined => {
    const { service, operation, input } = call;
    if (service === "ses") return mails() ? undefined : SES_THROTTLED;
    if (service === "dynamodb") return partitions(call);
    if (service !== "sns" || !operation.startsWith("Publish")) return undefined;
    // A batch is a form with numbered fields.
    const entries = Object.keys(input).filter((name) =>
      /^PublishBatchRequestEntries\.\w+\.\d+\.Id$/.test(name),
    );
    return messages(Math.max(1, entries.length)) ? undefined : SNS_THROTTLED;
  };
  return (call) => {
    const refusal = refusalOf(call);
    if (refusal !== undefined) onRefused(call.service);
    return refusal;
  };
}

/** The units of each partition in this second. All partitions of an item key have at least the quota of one. */
function partitionQuota(quotas: RegionQuotas, tables: readonly TableSpec[], clock: Clock) {
  const unitsOf = partitionUnits(tables);
  const partitionOf = readPartition(tables);
  let second = 0;
  const used = new Map<string, number>();
  const limits = {
    write: quotas.dynamoDbWriteUnitsPerPartition.limit,
    read: quotas.dynamoDbReadUnitsPerPartition.limit,
  };

  /** Begins to count anew in each second. */
  const usedNow = () => {
    const now = Math.floor(clock.now() / 1_000);
    if (now !== second) used.clear();
    second = now;
    return used;
  };
  const isUsedUp = ({ kind, partition }: Pick<PartitionUnits, "kind" | "partition">) =>
    (usedNow().get(`${kind} ${partition}`) ?? 0) >= limits[kind];
  const use = ({ kind, partition, count }: Omit<PartitionUnits, "action">) =>
    usedNow().set(`${kind} ${partition}`, (usedNow().get(`${kind} ${partition}`) ?? 0) + count);

  return ({ operation, input, onReadUnits }: AwsCall): Refusal | undefined => {
    const read = onReadUnits === undefined ? undefined : partitionOf(operation, input);
    if (read !== undefined) {
      if (isUsedUp({ kind: "read", partition: read })) return throttledCall;
      // What a page takes is known afterwards: as in DynamoDB, it may take more than is left.
      onReadUnits?.((count) => use({ kind: "read", partition: read, count }));
      return undefined;
    }
    const units = unitsOf(operation, input);
    const isOver = units.map(isUsedUp);
    if (!isOver.includes(true)) {
      for (const each of units) use(each);
      return undefined;
    }
    if (!operation.startsWith("Transact")) return throttledCall;
    const over = new Set(units.filter((_, index) => isOver[index]).map(({ action }) => action));
    const isOverAction = actionsOf(input).map((_, index) => over.has(index));
    return cancelledTransaction(isOverAction, "ThrottlingError", THROUGHPUT);
  };
}

const throttledCall: Refusal = { status: 400, code: "ThrottlingException", message: THROUGHPUT };
