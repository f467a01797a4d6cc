import { setTimeout as pause } from "node:timers/promises";

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The API as a client uses it that does not give up. */
export interface Api {
  /**
   * The first answer that tells what became of the request: a broken connection, 429 and 5xx do not, so the same
   * request is sent again until it is answered.
   */
  insist(method: "POST" | "PUT", path: string, body?: object, key?: string): Promise<Answer>;
  /** Requests sent, and those that had to be sent again. */
  readonly sent: { requests: number; again: number };
}

const PATIENCE_MS = 15_000;
/** Longer each time, so that a service that is out is not stormed. */
const againMs = (attempt: number) => Math.min(2_000, 50 * 2 ** attempt);

export function openApi(url: string): Api {
  const sent = { requests: 0, again: 0 };

  async function once(
    method: string,
    path: string,
    body?: object,
    key?: string,
  ): Promise<Answer | undefined> {
    sent.requests += 1;
    try {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: {
          "content-type": "application/json",
          ...(key === undefined ? {} : { "idempotency-key": key }),
        },
        signal: AbortSignal.timeout(PATIENCE_MS),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const answer = (await response.json()) as Answer["body"];
      const tellsNothing = response.status === 429 || response.status >= 500;
      return tellsNothing ? undefined : { status: response.status, body: answer };
    } catch {
      return undefined;
    }
  }

  return {
    sent,
    async insist(method, path, body, key) {
      for (let attempt = 0; ; attempt++) {
        const answer = await once(method, path, body, key);
        if (answer !== undefined) return answer;
        sent.again += 1;
        await pause(againMs(attempt));
      }
    },
  };
}
