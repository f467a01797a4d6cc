import type { IncomingMessage, ServerResponse } from "node:http";
import type { FunctionSpec } from "../assembly/model.ts";
import { functionOf } from "../assembly/read-functions.ts";
import { AssemblyError } from "../assembly/template-values.ts";
import { awsCallOf } from "../calls/aws-call.ts";
import type { CallChecks } from "../calls/call-checks.ts";
import { isRefused } from "../calls/refusal-response.ts";
import { readBody } from "../request-body.ts";
import type { FunctionHost } from "../types.ts";
import { sendAwsError } from "./control-responses.ts";
import { answerMappingCall, type MappingCalls } from "./mapping-calls.ts";

export const AWS_CALLS_PATH = "/_emulator/aws";

export interface AwsCalls {
  readonly functions: readonly FunctionSpec[];
  readonly host: Pick<FunctionHost, "invoke">;
  readonly invokeLater: (functionName: string, event: unknown) => Promise<unknown>;
  readonly checks: CallChecks;
  readonly mappings: MappingCalls["mappings"];
  readonly region: string;
}

/**
 * Answers SDK calls of services without an endpoint of their own: of Lambda `Invoke` and the calls of event source mappings,
 * and an error that names the service for everything else, so that no call leaves the machine.
 */
export async function answerAwsCall(
  calls: AwsCalls,
  { path, query }: { readonly path: string; readonly query: URLSearchParams },
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  if (await answerMappingCall(calls, { path, query }, incoming, outgoing)) return;
  const name = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(path)?.[1];
  if (incoming.method === "POST" && name !== undefined)
    return invoke(calls, decodeURIComponent(name), incoming, outgoing);
  incoming.resume();
  const [, service = "unknown"] = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(
    String(incoming.headers.authorization),
  ) ?? [undefined, undefined];
  sendAwsError(outgoing, 400, "NotRunByEmulator", `The local emulator does not run ${service}.`);
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
async function invoke(
  { functions, host, invokeLater, checks }: AwsCalls,
  name: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  let functionName: string;
  try {
    functionName = functionOf(functions, name, "Invoke");
  } catch (error) {
    if (!(error instanceof AssemblyError)) throw error;
    incoming.resume();
    return sendAwsError(outgoing, 404, "ResourceNotFoundException", error.message);
  }
  const body = String(await readBody(incoming));
  const call = awsCallOf(incoming, outgoing, {
    service: "lambda",
    operation: "Invoke",
    input: { FunctionName: functions.find((each) => each.name === functionName)?.physicalName },
  });
  if (await isRefused(checks, call, outgoing)) return;
  let event: unknown;
  try {
    event = body === "" ? {} : JSON.parse(body);
  } catch {
    return sendAwsError(outgoing, 400, "InvalidRequestContentException", "The payload is not JSON.");
  }
  if (incoming.headers["x-amz-invocation-type"] === "Event") {
    void invokeLater(functionName, event);
    outgoing.writeHead(202).end();
    return;
  }
  const result = await host.invoke(functionName, event);
  if (result.kind === "throttled")
    return sendAwsError(outgoing, 429, "TooManyRequestsException", "Rate Exceeded.");
  const isOk = result.kind === "ok";
  const payload = isOk
    ? result.payload
    : result.kind === "error"
      ? { errorType: result.errorType, errorMessage: result.errorMessage }
      : { errorMessage: result.kind === "timeout" ? "Task timed out" : result.detail };
  outgoing
    .writeHead(200, {
      "Content-Type": "application/json",
      "X-Amz-Executed-Version": "$LATEST",
      ...(isOk ? {} : { "X-Amz-Function-Error": "Unhandled" }),
    })
    .end(JSON.stringify(payload));
}
