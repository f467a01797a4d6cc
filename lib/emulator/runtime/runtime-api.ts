import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { refusesForeign } from "../foreign-requests.ts";
import { listenOnLoopback } from "../loopback.ts";

/** Largest response, in bytes. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const RESPONSE_BYTES = 6 * 1024 * 1024;

/** The function's report of a failure. Its fields are not trusted. */
export interface PostedError {
  readonly errorType: string;
  readonly errorMessage: string;
}

export type Answer =
  | { readonly kind: "response"; readonly payload: unknown }
  | { readonly kind: "error"; readonly error: PostedError };

export interface Invocation {
  readonly requestId: string;
  readonly functionArn: string;
  readonly deadlineMs: number;
  readonly traceId: string;
  /** JSON text. */
  readonly body: string;
}

export interface RuntimeApiEvents {
  /** The runtime requested its next event: it is idle. */
  ready(): void;
  answered(requestId: string, answer: Answer): void;
  initFailed(error: PostedError): void;
}

export interface RuntimeApi {
  /** `host:port`, for AWS_LAMBDA_RUNTIME_API. */
  readonly address: string;
  /** Sends an event to the runtime. Legal once after each `ready`. */
  deliver(invocation: Invocation): void;
  close(): void;
}

const PREFIX = "/2018-06-01/runtime/";

/**
 * The Lambda Runtime API for one function instance, on a loopback port of its own.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export const openRuntimeApi = async (events: RuntimeApiEvents): Promise<RuntimeApi> => {
  let waiting: ServerResponse | undefined;
  let current: string | undefined;

  const answer = (response: ServerResponse, requestId: string | undefined, toAnswer: () => Answer) => {
    if (requestId === undefined || requestId !== current) {
      reply(response, 400, { errorType: "InvalidRequestID", errorMessage: "Invalid request ID" });
      return;
    }
    current = undefined;
    const posted = toAnswer();
    reply(response, 202, { status: "OK" });
    events.answered(requestId, posted);
  };

  const server = createServer((request, response) => {
    if (refusesForeign(request, response)) return;
    const path = request.url?.startsWith(PREFIX) ? request.url.slice(PREFIX.length) : "";
    if (request.method === "GET" && path === "invocation/next") {
      waiting = response;
      events.ready();
      return;
    }
    readBody(request, (body) => {
      const [resource, requestId, action] = path.split("/");
      if (path === "init/error") {
        reply(response, 202, { status: "OK" });
        events.initFailed(postedError(body));
      } else if (resource === "invocation" && action === "response") {
        answer(response, requestId, () => toResponse(body));
      } else if (resource === "invocation" && action === "error") {
        answer(response, requestId, () => ({ kind: "error", error: postedError(body) }));
      } else {
        reply(response, 404, { errorType: "NotFound", errorMessage: "No such path in the Runtime API" });
      }
    });
  });
  // An idle instance keeps its request open.
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  server.keepAliveTimeout = 0;

  return {
    address: await listenOnLoopback(server),
    deliver: (invocation) => {
      current = invocation.requestId;
      waiting?.writeHead(200, {
        "content-type": "application/json",
        "lambda-runtime-aws-request-id": invocation.requestId,
        "lambda-runtime-deadline-ms": String(invocation.deadlineMs),
        "lambda-runtime-invoked-function-arn": invocation.functionArn,
        "lambda-runtime-trace-id": invocation.traceId,
      });
      waiting?.end(invocation.body);
      waiting = undefined;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};

const readBody = (request: IncomingMessage, done: (body: Buffer) => void): void => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => done(Buffer.concat(chunks)));
};

const reply = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
};

const toResponse = (body: Buffer): Answer => {
  if (body.length > RESPONSE_BYTES) {
    const errorMessage = `Response payload size exceeded maximum allowed payload size (${RESPONSE_BYTES} bytes).`;
    return { kind: "error", error: { errorType: "Function.ResponseSizeTooLarge", errorMessage } };
  }
  try {
    return { kind: "response", payload: JSON.parse(body.toString()) };
  } catch {
    const errorMessage = "The function posted a response that is not JSON";
    return { kind: "error", error: { errorType: "Runtime.InvalidResponse", errorMessage } };
  }
};

const postedError = (body: Buffer): PostedError => {
  try {
    const posted: unknown = JSON.parse(body.toString());
    if (typeof posted === "object" && posted !== null) {
      const field = (name: string) => String(Reflect.get(posted, name) ?? "");
      return { errorType: field("errorType") || "Unknown", errorMessage: field("errorMessage") };
    }
  } catch {
    // Continues below: an unreadable error is still an error.
  }
  return { errorType: "Unknown", errorMessage: "The function posted an error that could not be read" };
};
