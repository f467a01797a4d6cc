/** How long a client waits for a service of AWS. */
export interface ClientTimeouts {
  /** Tries of one call, the first included. */
  readonly attempts: number;
  /** Milliseconds until a try has its reply, and between two parts of it. */
  readonly replyMs: number;
}

/**
 * A call to a service that says nothing ends after some six seconds: before the time-out of the API's functions (10 s)
 * and early enough for a consumer's (30 s) to write down why. The second try, which a lost packet needs, is over in
 * four, so it counts also on one machine, where consumers have 5 s. The services answer in milliseconds.
 */
export const CLIENT_TIMEOUTS: ClientTimeouts = { attempts: 3, replyMs: 2_000 };

const CONNECT_MS = 1_000;

/** The same for the constructor of a client. */
export function clientConfig({ attempts, replyMs }: ClientTimeouts) {
  return {
    maxAttempts: attempts,
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      requestTimeout: replyMs,
      // Without it the SDK logs that the reply is late, and goes on waiting.
      throwOnRequestTimeout: true,
      // The time above is over with the head of the reply; this one is for its body.
      socketTimeout: replyMs,
    },
  };
}
