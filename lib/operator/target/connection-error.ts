import { printableLine } from "../../terminal-text.ts";
import { RequestError } from "./request-error.ts";

const LOOPBACK = /^https?:\/\/(localhost|127\.|\[::1\])/;

/** No response: the server was not reached. */
export class ConnectionError extends RequestError {}

/** The answer of a server without TLS. */
const PLAIN = new Set(["ERR_SSL_WRONG_VERSION_NUMBER", "ERR_SSL_PACKET_LENGTH_TOO_LONG"]);

/** Causes after a request was sent. */
const SENT = new Set([
  "ECONNRESET",
  "EPIPE",
  "UND_ERR_SOCKET",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
]);

/**
 * The error of a `fetch` that got no response, with its cause: `fetch` alone reports "fetch failed". `change` is the request
 * that may have changed something.
 */
export function connectionError(url: string, error: unknown, change?: string): ConnectionError {
  const cause = causeOf(error);
  if (change !== undefined && SENT.has(cause)) {
    const text = `no response to ${change} (${cause}): it may have been carried out. Look before you repeat it, as with  order-events jobs list`;
    return new ConnectionError(printableLine(text), { cause: error });
  }
  return new ConnectionError(printableLine(`cannot connect to ${url} (${cause}). ${adviceFor(url, cause)}`), {
    cause: error,
  });
}

function adviceFor(url: string, cause: string): string {
  if (PLAIN.has(cause)) return `The server has no TLS. Use:  --url ${url.replace(/^https/, "http")}`;
  return LOOPBACK.test(url)
    ? "Start the emulator:  npm start"
    : "Check the address, the network, and the proxy in HTTPS_PROXY.";
}

/** `ECONNREFUSED`, or the message where there is no code. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code: unknown = Reflect.get(error, "code");
  if (typeof code === "string" && code !== "") return code;
  return error.cause === undefined ? error.message : causeOf(error.cause);
}
