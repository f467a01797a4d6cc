import { operatorPorts } from "./compose-operators.ts";
import { FAILED_FILTERS } from "./contract/names.ts";
import { isGroupFailed, isListFailed } from "./contract/operator-validators.js";
import { discardMessage, undoDiscard } from "./use-cases/discard-message.ts";
import { groupFailedMessages, listFailedMessages } from "./use-cases/list-failed-messages.ts";
import { readFailedMessage } from "./use-cases/read-failed-message.ts";
import { listRedrives, readRedrive } from "./use-cases/read-redrives.ts";
import { editMessage, redriveMessage } from "./use-cases/redrive-message.ts";
import { startRedrive, tryRedrive } from "./use-cases/start-redrive.ts";

/** Every act of an operator, and the queries that two of them take. */
export function operators() {
  const ports = operatorPorts();
  return {
    list: listFailedMessages(ports),
    listQuery: { isValid: isListFailed, names: ["status", ...FAILED_FILTERS, "limit", "cursor"] },
    groups: groupFailedMessages(ports),
    groupQuery: { isValid: isGroupFailed, names: ["status", ...FAILED_FILTERS] },
    read: readFailedMessage(ports),
    redrive: redriveMessage(ports),
    edit: editMessage(ports),
    discard: discardMessage(ports),
    undo: undoDiscard(ports),
    tryMany: tryRedrive(ports),
    redriveMany: startRedrive(ports),
    redrives: listRedrives(ports),
    redriveOf: readRedrive(ports),
  };
}
