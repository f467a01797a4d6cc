import type { ProblemCode } from "../../functions/contract/errors.ts";

/** One operation of the API. */
export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly unknown[];
  /** Name of the body's schema among the components. */
  readonly body?: string;
  readonly status: number;
  /** Name of the response schema among the components, or `object` without one. */
  readonly answer: string;
  readonly problems: readonly ProblemCode[];
}

/** Problems of every request body. */
export const BODY: readonly ProblemCode[] = [
  "MALFORMED_JSON",
  "BAD_ENCODING",
  "INVALID_REQUEST",
  "BODY_TOO_LARGE",
  "UNSUPPORTED_MEDIA_TYPE",
];

export const inPath = (name: string) => ({ name, in: "path", required: true, schema: { type: "string" } });
