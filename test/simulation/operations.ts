import { discardMessage, undoDiscard } from "../../functions/use-cases/discard-message.ts";
import { editMessage, redriveMessage } from "../../functions/use-cases/redrive-message.ts";
import type { JobPorts } from "../../functions/use-cases/run-redrives.ts";
import { startRedrive } from "../../functions/use-cases/start-redrive.ts";

/** What operators can do to failed messages. */
export type Operations = ReturnType<typeof operationsOf>;

/** The acts of functions/operators.ts, over the simulator's ports. */
export function operationsOf(ports: JobPorts) {
  return {
    redrive: redriveMessage(ports),
    edit: editMessage(ports),
    discard: discardMessage(ports),
    undo: undoDiscard(ports),
    redriveMany: startRedrive(ports),
  };
}
