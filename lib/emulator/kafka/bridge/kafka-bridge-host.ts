import type { FunctionSpec } from "../../assembly/model.ts";
import { isRecord } from "../../assembly/template-values.ts";
import type { FunctionHost, InvokeResult } from "../../types.ts";

export interface LambdaHostOptions {
  readonly functions: readonly Pick<FunctionSpec, "name" | "physicalName" | "timeoutMs">[];
  /** Lambda's endpoint, without a trailing slash. */
  readonly origin: string;
  /** `fetch` that signs for Lambda. */
  readonly send: typeof fetch;
  readonly log: (text: string) => void;
}

/** A cold start in a container precedes the function's own time. */
const COLD_START_MS = 60_000;

/**
 * Deployed functions, invoked by Lambda's API. A throttle, a service fault and an unreachable service are `throttled`:
 * the result of the records is unknown, so no retry is used up. Rejects for a function that is not deployed, and for a
 * refused request.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export function lambdaHost({ functions, origin, send, log }: LambdaHostOptions): FunctionHost {
  return {
    async invoke(name, event) {
      const spec = functions.find((each) => each.name === name);
      if (spec === undefined) throw new Error(`The assembly has no function ${name}`);
      const url = `${origin}/2015-03-31/functions/${spec.physicalName}/invocations`;
      const signal = AbortSignal.timeout(spec.timeoutMs + COLD_START_MS);
      try {
        const response = await send(url, { method: "POST", body: JSON.stringify(event), signal });
        const result = resultOf(spec.physicalName, response, await response.text());
        if (result.kind === "throttled") log(`${name} is throttled (${response.status})`);
        return result;
      } catch (error) {
        if (error instanceof InvokeError) throw error;
        if (signal.aborted) return { kind: "timeout" };
        log(`${name} cannot be invoked: ${String(error)}`);
        return { kind: "throttled" };
      }
    },
    async close() {},
  };
}

/** An error that a retry cannot resolve. */
class InvokeError extends Error {
  override readonly name = "InvokeError";
}

function resultOf(name: string, response: Response, text: string): InvokeResult {
  const { status } = response;
  if (status === 429 || status >= 500) return { kind: "throttled" };
  if (status === 404)
    throw new InvokeError(`The function ${name} does not exist. Deploy the stacks with Kafka.`);
  if (!response.ok) throw new InvokeError(`${name} was not invoked: ${status} ${text}`);
  const payload = parsed(text);
  if (!response.headers.has("x-amz-function-error")) return { kind: "ok", payload };
  const { errorType = "Unhandled", errorMessage = text } = isRecord(payload) ? payload : {};
  const type = String(errorType);
  if (type === "Sandbox.Timedout" || /Task timed out after/.test(String(errorMessage)))
    return { kind: "timeout" };
  if (type.startsWith("Runtime.")) return { kind: "crashed", detail: `${type}: ${errorMessage}` };
  return { kind: "error", errorType: type, errorMessage: String(errorMessage) };
}

function parsed(text: string): unknown {
  try {
    return text === "" ? null : JSON.parse(text);
  } catch {
    // The mapping rejects a payload that is not a list of failures.
    return text;
  }
}
