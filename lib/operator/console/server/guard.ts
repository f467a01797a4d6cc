import type { IncomingMessage } from "node:http";
import { ConsoleError } from "./console-error.ts";
import { methodOf } from "./requests.ts";

const OWN_HOSTS: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "[::1]"]);
/** A page of another site can set it only after a CORS preflight, which the console refuses. */
const OWN_HEADER = "x-order-events-console";

/**
 * Refuses requests that the console's own page did not send. Throws ConsoleError 403.
 *
 * - DNS rebinding: the request has the attacker's name as its host.
 * - Requests of other sites: the browser adds their origin and Sec-Fetch-Site.
 * - Requests that change something need a header that only the console's page sends.
 */
export function refuseForeignRequests(incoming: IncomingMessage): void {
  const { host = "", origin, "sec-fetch-site": site } = incoming.headers;
  if (!OWN_HOSTS.has(host.replace(/:\d+$/, ""))) {
    throw refused(
      `The console accepts the hosts 127.0.0.1 and localhost. Received: ${host || "no Host header"}.`,
    );
  }
  if (origin !== undefined && origin !== `http://${host}`) {
    throw refused(`The console refuses requests of pages of ${origin}.`);
  }
  if (site === "cross-site" || site === "same-site") {
    // A link to the console is harmless; a request that another page makes is not.
    const isLink = incoming.method === "GET" && incoming.headers["sec-fetch-mode"] === "navigate";
    if (!isLink) throw refused("The console refuses requests of other sites.");
  }
  if (methodOf(incoming) !== "GET" && incoming.headers[OWN_HEADER] === undefined) {
    throw refused(`A request other than GET needs the header ${OWN_HEADER}.`);
  }
}

const refused = (detail: string) => new ConsoleError(403, "FOREIGN_REQUEST", detail);
