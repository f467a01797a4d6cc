import type { FailureLog } from "../../middleware/failure-log.ts";
import { environment } from "./environment.ts";

/**
 * The failed-message store, which is loaded with the first failure: most instances never meet one.
 * A variable that it needs and that is missing is reported at once.
 */
export function failureLogOnFirstUse(): FailureLog {
  environment("failedMessagesTable");
  let loaded: Promise<FailureLog> | undefined;
  const load = () => {
    loaded ??= import("./failure-ports.ts").then(({ failureLogOfEnvironment }) => failureLogOfEnvironment());
    return loaded;
  };
  return {
    park: async (...facts) => (await load()).park(...facts),
    lastAttemptFailed: async (...facts) => (await load()).lastAttemptFailed(...facts),
    resolve: async (message) => (await load()).resolve(message),
  };
}
