/** How long a client waits for an AWS service. */
export interface ClientTimeouts {
  /** Attempts of one call, the first included. */
  readonly attempts: number;
  /** Milliseconds until an attempt has its reply, and between two parts of the reply. */
  readonly replyMs: number;
  /** Whether connections are kept for the next call; default: true. */
  readonly keepAlive?: boolean;
}

/**
 * A call without a reply ends after about six seconds: before the time-out of the API's functions (10 s), and early
 * enough for a consumer (30 s) to store the error. Two attempts end within four seconds, so that a lost packet is
 * retried also in the emulator, where consumers have 5 s. The services reply in milliseconds.
 */
export const CLIENT_TIMEOUTS: ClientTimeouts = { attempts: 3, replyMs: 2_000 };

const CONNECT_MS = 1_000;

/** The options for the constructor of a client. */
export function clientConfig({ attempts, replyMs, keepAlive = true }: ClientTimeouts) {
  return {
    maxAttempts: attempts,
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      requestTimeout: replyMs,
      // Without it the SDK only logs a late reply and continues to wait.
      throwOnRequestTimeout: true,
      // `requestTimeout` ends with the head of the reply; this one covers its body.
      socketTimeout: replyMs,
      httpAgent: { keepAlive },
      httpsAgent: { keepAlive },
    },
  };
}
