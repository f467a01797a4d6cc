import { ATTRIBUTES } from "../../../functions/contract/names.ts";
import type { FailedMessage } from "../../../functions/domain/failed-message.ts";
import type { Queues } from "../../../functions/ports/queues.ts";
import { applyWrite, type FailurePorts } from "../../../functions/use-cases/record-failure.ts";

export interface RedrivePorts {
  readonly failures: FailurePorts;
  readonly queues: Queues;
}

/** Sends a parked message to its queue again; answers whether the row was marked. */
export type Redrive = (
  ports: RedrivePorts,
  row: FailedMessage,
  queueUrl: string,
  by: string,
) => Promise<boolean>;

/** The mark comes first, so that a row whose message was sent again always says so. */
export const redriveRow: Redrive = async ({ failures, queues }, row, queueUrl, by) => {
  const { failedKey, generation } = row;
  const redriveId = failures.newId();
  const { applied } = await applyWrite(failures, failedKey, { kind: "redrive", generation, redriveId, by });
  if (!applied) return false;
  await queues.send(resent(row, queueUrl, redriveId));
  return true;
};

export function resent(row: FailedMessage, queueUrl: string, redriveId: string) {
  return {
    queueUrl,
    body: row.body,
    attributes: {
      ...row.attributes,
      [ATTRIBUTES.redriveId]: redriveId,
      [ATTRIBUTES.redriveCount]: "0",
      [ATTRIBUTES.failedKey]: row.failedKey,
    },
    delaySeconds: 0,
  };
}
