import { printableLine } from "../../terminal-text.ts";
import { RequestError } from "./request-error.ts";

const LOOPBACK = /^https?:\/\/(localhost|127\.|\[::1\])/;

/** No response: the server was not reached. */
export class ConnectionError extends RequestError {}

/** The error of a `fetch` that got no response, with its cause: `fetch` alone reports "fetch failed". */
export function connectionError(url: string, error: unknown): ConnectionError {
  const advice = LOOPBACK.test(url)
    ? "Start the emulator:  npm start"
    : "Check the address, the network, and the proxy in HTTPS_PROXY.";
  return new ConnectionError(printableLine(`cannot connect to ${url} (${causeOf(error)}). ${advice}`), {
    cause: error,
  });
}

/** `ECONNREFUSED`, or the message where there is no code. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code: unknown = Reflect.get(error, "code");
  if (typeof code === "string" && code !== "") return code;
  return error.cause === undefined ? error.message : causeOf(error.cause);
}
