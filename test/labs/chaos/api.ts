import { setTimeout as pause } from "node:timers/promises";

export interface ApiResponse {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A client that repeats each request until it gets a conclusive response. */
export interface Api {
  /** Returns the first conclusive response. A broken connection, 429 and 5xx are not, so the request is repeated. */
  requestUntilAnswered(
    method: "POST" | "PUT",
    path: string,
    body?: object,
    key?: string,
  ): Promise<ApiResponse>;
  /** Number of requests, and of those that were repeated. */
  readonly sent: { requests: number; repeated: number };
}

const TIMEOUT_MS = 15_000;
/** Exponential, so that repetitions do not overload a service after an outage. */
const backoffMs = (attempt: number) => Math.min(2_000, 50 * 2 ** attempt);

export function openApi(url: string): Api {
  const sent = { requests: 0, repeated: 0 };

  async function once(
    method: string,
    path: string,
    body?: object,
    key?: string,
  ): Promise<ApiResponse | undefined> {
    sent.requests += 1;
    try {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: {
          "content-type": "application/json",
          ...(key === undefined ? {} : { "idempotency-key": key }),
        },
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const content = (await response.json()) as ApiResponse["body"];
      const isInconclusive = response.status === 429 || response.status >= 500;
      return isInconclusive ? undefined : { status: response.status, body: content };
    } catch {
      return undefined;
    }
  }

  return {
    sent,
    async requestUntilAnswered(method, path, body, key) {
      for (let attempt = 0; ; attempt++) {
        const response = await once(method, path, body, key);
        if (response !== undefined) return response;
        sent.repeated += 1;
        await pause(backoffMs(attempt));
      }
    },
  };
}
