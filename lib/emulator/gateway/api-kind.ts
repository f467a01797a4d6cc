import type { IncomingMessage } from "node:http";
import type { RouteMatch } from "./match-route.ts";
import type { RequestTarget } from "./request-target.ts";

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer | string;
}

/** Errors of the gateway itself. DEFAULT_5XX: a function that threw, crashed, timed out, or answered no response. */
export type GatewayErrorType =
  | "ACCESS_DENIED"
  | "API_CONFIGURATION_ERROR"
  | "MISSING_AUTHENTICATION_TOKEN"
  | "REQUEST_TOO_LARGE"
  | "THROTTLED"
  | "INTEGRATION_TIMEOUT"
  | "DEFAULT_5XX";

/** A request that reached a route. */
export interface GatewayRequest {
  readonly requestId: string;
  readonly at: Date;
  readonly match: RouteMatch;
  readonly body: Buffer;
}

/** What REST APIs and HTTP APIs do differently. */
export interface ApiKind {
  /** A response has the id of its request in this header. */
  readonly requestIdHeader: string;
  readonly timeoutMs: number;
  /** An answer without a function, such as that to a preflight request. */
  ownAnswer(incoming: IncomingMessage, target: RequestTarget): HttpAnswer | undefined;
  match(method: string, path: string): RouteMatch | undefined;
  event(incoming: IncomingMessage, target: RequestTarget, request: GatewayRequest): unknown;
  /** Undefined for a payload that is no response. */
  answer(payload: unknown, incoming: IncomingMessage, match: RouteMatch): HttpAnswer | undefined;
  error(type: GatewayErrorType, requestId: string): HttpAnswer;
  /** Headers of a response, with what the gateway adds. */
  headers(headers: HttpAnswer["headers"], incoming: IncomingMessage): HttpAnswer["headers"];
}
