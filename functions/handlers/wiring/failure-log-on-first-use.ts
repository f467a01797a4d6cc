import type { FailureLog } from "../../middleware/failure-log.ts";
import { environment } from "./environment.ts";

/**
 * The failed-message store, loaded at the first failure: most instances never have one. A missing environment variable
 * is reported at the start.
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
