import type { IncomingMessage } from "node:http";
import { ConsoleError } from "./console-error.ts";
import { methodOf } from "./requests.ts";

const OWN_HOSTS: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "[::1]"]);
/** A page of another site cannot set it without asking first, and is not answered when it asks. */
export const OWN_HEADER = "x-order-events-console";

/**
 * Refuses what did not come from the console's own page. Throws ConsoleError 403.
 * A page can point a name of its own at 127.0.0.1, but then it sends that name as the host; other sites' requests
 * say where they come from; and what changes something needs a header that only the own page sends.
 */
export function refuseStrangers(incoming: IncomingMessage): void {
  const { host = "", origin, "sec-fetch-site": site } = incoming.headers;
  if (!OWN_HOSTS.has(host.replace(/:\d+$/, ""))) {
    throw refused(`The console answers to 127.0.0.1 and localhost, not to ${host || "a missing Host"}.`);
  }
  if (origin !== undefined && origin !== `http://${host}`) {
    throw refused(`The console takes nothing from pages of ${origin}.`);
  }
  if (site === "cross-site" || site === "same-site") {
    // A link that leads here is no harm; what a page loads from here by itself is.
    const isLink = incoming.method === "GET" && incoming.headers["sec-fetch-mode"] === "navigate";
    if (!isLink) throw refused("The console takes nothing from pages of other sites.");
  }
  if (methodOf(incoming) !== "GET" && incoming.headers[OWN_HEADER] === undefined) {
    throw refused(`What changes something needs the header ${OWN_HEADER}.`);
  }
}

const refused = (detail: string) => new ConsoleError(403, "STRANGER", detail);
