import { discardMessage, undoDiscard } from "../../functions/use-cases/discard-message.ts";
import { editMessage, redriveMessage } from "../../functions/use-cases/redrive-message.ts";
import type { JobPorts } from "../../functions/use-cases/run-redrives.ts";
import type { RepublishPorts } from "../../functions/use-cases/run-republishes.ts";
import { startRedrive } from "../../functions/use-cases/start-redrive.ts";
import { startRepublish } from "../../functions/use-cases/start-republish.ts";

/** What operators can do. */
export type Operations = ReturnType<typeof operationsOf>;

/** The acts of functions/operators.ts, over the simulator's ports. */
export function operationsOf(ports: JobPorts & RepublishPorts) {
  return {
    redrive: redriveMessage(ports),
    edit: editMessage(ports),
    discard: discardMessage(ports),
    undo: undoDiscard(ports),
    redriveMany: startRedrive(ports),
    republish: startRepublish(ports),
  };
}
