import type { IncomingMessage, ServerResponse } from "node:http";

const OWN_HOSTS: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "[::1]"]);

/**
 * Types that a form of any web page can send without a CORS preflight.
 * https://fetch.spec.whatwg.org/#cors-safelisted-request-header
 */
const FORM_TYPES: ReadonlySet<string> = new Set([
  "application/x-www-form-urlencoded",
  "multipart/form-data",
  "text/plain",
]);

interface ForeignOptions {
  /** Accepts a link to the page. */
  readonly links?: boolean;
  /** Whether a page of this origin may send the request. */
  readonly allows?: (origin: string) => boolean;
}

export const FOREIGN_REQUEST = "FOREIGN_REQUEST";

/**
 * Why a request may be from a web page of another origin; undefined for any other. Every port of the emulator checks
 * it, because a page in the developer's browser reaches loopback, too.
 *
 * - A page can resolve its own host name to 127.0.0.1, but sends that name in `Host`.
 * - A browser sends `Origin` with every form and every changing fetch. SDKs and curl do not.
 * - A resource that a page loads without `Origin`, such as an image, has `Sec-Fetch-Site`. `links` accepts a link to
 *   the page.
 */
export function foreignRequest(
  { headers, method }: Pick<IncomingMessage, "headers" | "method">,
  { links = false, allows = () => false }: ForeignOptions = {},
): string | undefined {
  const { host = "", origin, "content-type": type = "", "sec-fetch-site": site } = headers;
  if (!OWN_HOSTS.has(host.replace(/:\d+$/, "").toLowerCase())) {
    return `The emulator serves 127.0.0.1 and localhost, not ${host || "a missing Host"}.`;
  }
  if (origin !== undefined) {
    // The API's own CORS configuration admits its front end.
    if (allows(origin)) return undefined;
    if (origin !== `http://${host}`) return `The emulator serves no pages of ${origin}.`;
    if (FORM_TYPES.has((type.split(";")[0] ?? "").trim().toLowerCase())) {
      return `The emulator accepts no forms of pages; send application/json instead of ${type}.`;
    }
  }
  if (site === "cross-site" || site === "same-site") {
    const isLink =
      links &&
      method === "GET" &&
      headers["sec-fetch-mode"] === "navigate" &&
      headers["sec-fetch-dest"] === "document";
    if (!isLink) return "The emulator serves no pages of other sites.";
  }
  return undefined;
}

/** Responds 403 to a foreign request; returns false for any other. */
export function refusesForeign(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  options?: ForeignOptions,
): boolean {
  const detail = foreignRequest(incoming, options);
  if (detail === undefined) return false;
  // An unread body would block the next request on its connection.
  incoming.resume();
  outgoing.writeHead(403, { "Content-Type": "application/problem+json", "Cache-Control": "no-store" }).end(
    JSON.stringify({
      type: "about:blank",
      title: "Foreign request",
      status: 403,
      code: FOREIGN_REQUEST,
      detail,
    }),
  );
  return true;
}
