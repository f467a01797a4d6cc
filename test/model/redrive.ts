import type { FailedMessage } from "../../functions/domain/failed-message.ts";
import type { FailedMessages } from "../../functions/ports/failed-messages.ts";
import { queueUrlOf } from "../component/rig.ts";
import { redriveRow } from "../simulation/actors/redrive-row.ts";
import { QUEUES, type System } from "./system.ts";

let redrives = 0;

/** Parked messages that came from a queue. */
export function redrivable({ rig }: System): FailedMessage[] {
  return [...rig.tables.rows.failed.values()].filter(
    ({ status, consumer }) => status === "OPEN" && QUEUES.some((name) => name === consumer),
  );
}

/** An operator sends a parked message again. While the store is broken the tool fails, before or after its mark. */
export async function redrive(system: System, row: FailedMessage): Promise<void> {
  const { rig } = system;
  const failures = {
    failedMessages: rig.ports.failedMessages as FailedMessages,
    clock: rig.clock,
    newId: () => `redrive-${++redrives}`,
    returnWithinSeconds: 3_600,
  };
  const queueUrl = queueUrlOf(row.consumer);
  await redriveRow({ failures, queues: rig.queues }, row, queueUrl, "operator").catch(() => false);
  system.collect();
}
