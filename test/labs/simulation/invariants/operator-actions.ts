import { ATTRIBUTES } from "../../../../functions/contract/names.ts";
import type { FailedMessage } from "../../../../functions/failures/domain/failed-message.ts";
import type { Invocation } from "../engine/scheduler.ts";
import type { Oracle } from "../oracle.ts";
import type { SimulatedSystem } from "../simulated-system.ts";
import { assertInvariant } from "../violation.ts";

/** Invocation name of reads and dry runs. */
export const READER = "reader";
const READS: ReadonlySet<string> = new Set([
  "get",
  "getMany",
  "list",
  "listDue",
  "readProgress",
  "state",
  "consumersOf",
  "page",
  "backlog",
  "checkExists",
]);

/** DRY: a read or a dry run neither writes nor sends. */
export function checkReadOnly(call: string, invocation: Invocation | undefined): void {
  const method = call.slice(call.indexOf(".") + 1);
  const isRead = invocation?.name !== READER || READS.has(method);
  assertInvariant(isRead, "DRY", () => `a read or dry run called ${call}`);
}

/** I18: an action on named messages applies to the generation that the operator read, and to no later one. */
export function checkOperatorAction(
  { asked }: Oracle,
  row: FailedMessage,
  before: FailedMessage | undefined,
): void {
  const entry = row.history.at(-1);
  if (entry === undefined || before?.history.length === row.history.length) return;
  const generation = asked.get(`${entry.by} ${row.failedKey}`);
  if (generation === undefined || entry.act === "resolve") return;
  assertInvariant(
    before?.generation === generation,
    "I18",
    () =>
      `${entry.by} saw generation ${generation} of ${row.failedKey}, and its act changed ${before?.generation}`,
  );
}

/** An acknowledged message, and the start of the invocation that handled it. */
interface Acknowledged {
  readonly attributes: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly startedAt: number;
  /** It was forwarded to a broker, or copied there, and its effect is still to come. */
  readonly isForwarded: boolean;
  /** Whether the message of a redrive has reached the broker, or is still there. */
  readonly isUnderWay?: (redriveId: string) => boolean;
}

/**
 * I18: a message is acknowledged only after the row that waits for it is updated; one that is forwarded to a broker has
 * its redrive id there.
 */
export function checkAcknowledged(
  { tables, oracle }: SimulatedSystem,
  { attributes, body, startedAt, isForwarded, isUnderWay }: Acknowledged,
): void {
  const own = tables.rows.failed.get(attributes[ATTRIBUTES.failedKey] ?? "");
  const redriveId = attributes[ATTRIBUTES.redriveId];
  // A duplicate of an earlier redrive is not what the row waits for.
  const isEarlier = redriveId !== undefined && own?.redriveId !== undefined && own.redriveId !== redriveId;
  const isRetrying = own?.status === "RETRYING" && own.body === body && !isForwarded && !isEarlier;
  const isUpdated = !isRetrying || (oracle.writtenAt.get(own.failedKey) ?? 0) >= startedAt;
  assertInvariant(
    isUpdated,
    "I18",
    () => `a message of ${own?.failedKey} is acknowledged, and the row still waits for it`,
  );
  if (redriveId === undefined) return;
  if (isForwarded && isUnderWay?.(redriveId) === true) return;
  for (const row of tables.rows.failed.values()) {
    const isWaiting = row.status === "REDRIVEN" && row.redriveId === redriveId;
    assertInvariant(
      !isWaiting,
      "I18",
      () => `the message of ${row.failedKey} is acknowledged, and the row still waits for it`,
    );
  }
}
