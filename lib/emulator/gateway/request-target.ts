/** The target of a request line, parsed without a URL parser, which takes `//x/y` for a host and resolves dots. */
export interface RequestTarget {
  /** As sent by the client, without the query. */
  readonly sentPath: string;
  /** With one slash at its start, because API Gateway removes further ones there and changes nothing else. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** As the client sent it. */
  readonly rawQuery: string;
}

/** The client of a proxy sends the whole URL: `GET http://127.0.0.1:4010/orders`. */
const AUTHORITY = /^[a-z][a-z\d+.-]*:\/\/[^/?]*/i;

/** `url` is from node:http, with one character for each byte. */
export function requestTarget(url: string | undefined): RequestTarget {
  const target = (url ?? "/").replace(AUTHORITY, "").replace(/[\u0080-\u00ff]/g, encodeByte);
  const end = target.indexOf("?");
  const sentPath = (end < 0 ? target : target.slice(0, end)) || "/";
  const rawQuery = end < 0 ? "" : target.slice(end + 1);
  return {
    sentPath,
    path: sentPath.replace(/^\/+/, "/"),
    query: new URLSearchParams(rawQuery),
    rawQuery,
  };
}

const encodeByte = (byte: string) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
