import type { IncomingMessage, ServerResponse } from "node:http";
import { isRecord, type Json } from "../assembly/template-values.ts";

/** The services that the emulator runs, by the prefix of their IAM actions. */
export type AwsService = "cloudwatch" | "dynamodb" | "lambda" | "s3" | "ses" | "sns" | "sqs";

/** An SDK call that has reached a service of the emulator, before it is executed. */
export interface AwsCall {
  readonly service: AwsService;
  /** As in the API reference: `TransactWriteItems`. */
  readonly operation: string;
  /** Names the caller; `undefined` for an unsigned call. */
  readonly accessKeyId: string | undefined;
  /** The input. Of a form its fields; of S3 `Bucket`, `Key`, and `Keys` of DeleteObjects. */
  readonly input: Json;
  /** Calls the listener with the read units that the call took, once it was executed. Only of a query or a scan. */
  readonly onReadUnits?: (listener: (units: number) => void) => void;
  /** Calls the listener once: when the call was answered, refused or cut off. */
  onEnd(listener: () => void): void;
}

/** The call of a request. */
export function awsCallOf(
  { headers, url }: IncomingMessage,
  outgoing: ServerResponse,
  named: Pick<AwsCall, "service" | "operation" | "input">,
): AwsCall {
  return {
    ...named,
    accessKeyId: accessKeyOf(headers.authorization, url),
    onEnd: (listener) => void outgoing.once("close", listener),
  };
}

/** An error that the service answers in place of the result. */
export interface Refusal {
  readonly status: number;
  /** As the service names it: `AccessDeniedException`. */
  readonly code: string;
  readonly message: string;
  /** Further fields of the error in a JSON protocol. */
  readonly details?: Json;
}

/** Decides whether a call is refused; `undefined` where it is not. The service executes it after the answer. */
export type CallCheck = (call: AwsCall) => Refusal | undefined | Promise<Refusal | undefined>;

/** The access key of a signature, in the header or in the query of a presigned URL. The signature is not verified. */
export function accessKeyOf(authorization: string | undefined, url = ""): string | undefined {
  const inHeader = /Credential=([^/,\s]+)\//.exec(authorization ?? "")?.[1];
  if (inHeader !== undefined || !url.includes("X-Amz-Credential=")) return inHeader;
  return new URLSearchParams(url.slice(url.indexOf("?") + 1)).get("X-Amz-Credential")?.split("/")[0];
}

/** The input of a JSON protocol; empty where the service will refuse the body itself. */
export function jsonInput(body: Buffer | string): Json {
  try {
    const value: unknown = JSON.parse(String(body));
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}
