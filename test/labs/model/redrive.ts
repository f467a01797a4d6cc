import type { FailedMessage } from "../../../functions/failures/domain/failed-message.ts";
import type { ActPorts } from "../../../functions/failures/operator-ports.ts";
import { redriveMessage } from "../../../functions/failures/operators/redrive-message.ts";
import { isOutage } from "../../../functions/middleware/http.ts";
import { decodeEvent } from "../../../functions/orders/decode-event.ts";
import { queueUrlOf } from "../../component/rig.ts";
import { QUEUES, type System } from "./system.ts";

let redrives = 0;

/** Parked messages that came from a queue. */
export function redrivable({ rig }: System): FailedMessage[] {
  return [...rig.tables.rows.failed.values()].filter(
    ({ status, consumer }) => status === "OPEN" && QUEUES.some((name) => name === consumer),
  );
}

/** An operator redrives a parked message. Broken parts fail the redrive before or after the row is marked. */
export async function redrive(system: System, { failedKey, generation }: FailedMessage): Promise<void> {
  const { rig } = system;
  const ports = {
    ...rig.ports,
    clock: rig.clock,
    newId: () => `redrive-${++redrives}`,
    returnWithinSeconds: 3_600,
    sourceQueues: Object.fromEntries(QUEUES.map((name) => [name, queueUrlOf(name)])),
    decode: decodeEvent,
    isOutage,
    audit: () => {},
  } as unknown as ActPorts;
  const asked = { why: "the cause is fixed", generation };
  await redriveMessage(ports)(failedKey, asked, "operator").catch(() => undefined);
  system.collect();
}
