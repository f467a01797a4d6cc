import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";

/** Faults of the next attempts of the SDK. */
export interface ClientFaults {
  /** The next attempt is applied and its reply lost, so that the SDK retries. */
  loseReply(): void;
  /** The next `times` commands fail with this error before they are sent. */
  fail(error: Error, times?: number): void;
  /** Number of attempts sent to the service. */
  attempts(): number;
}

/** Adds faults to the middleware of a client, below or above the SDK's retries. */
export function clientFaults(client: DynamoDBClient): ClientFaults {
  const lost: true[] = [];
  const errors: Error[] = [];
  let attempts = 0;
  client.middlewareStack.add(
    (next) => async (args) => {
      const error = errors.shift();
      if (error !== undefined) throw error;
      return next(args);
    },
    { step: "initialize", name: "failBefore" },
  );
  client.middlewareStack.add(
    (next) => async (args) => {
      attempts += 1;
      const isLost = lost.shift() !== undefined;
      const result = await next(args).catch((error: unknown) => {
        if (!isLost) throw error;
        return undefined;
      });
      if (isLost || result === undefined) {
        throw Object.assign(new Error("socket hang up"), { name: "TimeoutError", code: "ECONNRESET" });
      }
      return result;
    },
    // Inside the retries, so once for each attempt.
    { step: "finalizeRequest", name: "loseReply", priority: "low" },
  );
  return {
    loseReply: () => void lost.push(true),
    fail: (error, times = 1) => void errors.push(...Array<Error>(times).fill(error)),
    attempts: () => attempts,
  };
}
