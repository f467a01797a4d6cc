import { randomUUID } from "node:crypto";
import type { AsyncSpec } from "../assembly/model.ts";
import type { Clock, FunctionHost, InvokeResult } from "../types.ts";
import { describeFailure } from "./batch-response.ts";
import { createBackoff, createLoopWaits, type LoopWaits } from "./loop-waits.ts";
import type { Targets } from "./send-to-target.ts";

/** Invokes functions without a caller that waits for the result. */
export interface AsyncInvocations {
  /**
   * Resolves to true when the function succeeded, or when its retries are used up and the event is at its destination.
   * Resolves to false when it was stopped before.
   */
  invoke(functionName: string, event: unknown): Promise<boolean>;
  /** Begins no further attempt. */
  stop(): Promise<void>;
}

/** Lambda waits one minute before the first retry and two before the second: too long to watch. */
const RETRY_AFTER_MS = [1_000, 2_000] as const;

const NO_ASYNC_CONFIG: AsyncSpec = { retries: 2 };

/**
 * Two retries by default, then the destination or the dead-letter queue.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export function createAsyncInvocations(options: {
  readonly configs: ReadonlyMap<string, AsyncSpec>;
  readonly arnOf: (functionName: string) => string;
  readonly functionOf: (arn: string) => string | undefined;
  readonly host: Pick<FunctionHost, "invoke">;
  readonly targets: Targets;
  readonly clock: Clock;
  readonly log: (functionName: string, text: string) => void;
}): AsyncInvocations {
  const { configs, host, targets, clock, log, arnOf } = options;
  let stopped = false;
  const allWaits = new Set<LoopWaits>();
  const running = new Set<Promise<boolean>>();

  const attempt = async (functionName: string, event: unknown, waits: LoopWaits): Promise<boolean> => {
    const config = configs.get(functionName) ?? NO_ASYNC_CONFIG;
    const throttled = createBackoff(100, 5_000);
    for (let retry = 0; !waits.stopped; ) {
      const result = await host.invoke(functionName, event);
      if (result.kind === "throttled") {
        await waits.wait(throttled.next());
        continue;
      }
      if (result.kind === "ok") return finish(functionName, event, result, retry + 1, config);
      if (retry >= config.retries) {
        log(functionName, `an event was given up after ${retry + 1} attempts: ${describeFailure(result)}`);
        return finish(functionName, event, result, retry + 1, config);
      }
      log(functionName, `an event failed and is retried: ${describeFailure(result)}`);
      await waits.wait(RETRY_AFTER_MS[retry] ?? 2_000);
      retry += 1;
    }
    return false;
  };

  const finish = async (
    functionName: string,
    event: unknown,
    result: InvokeResult,
    invokeCount: number,
    { onSuccess, onFailure, deadLetterArn }: AsyncSpec,
  ): Promise<boolean> => {
    const isOk = result.kind === "ok";
    const requestId = randomUUID();
    if (!isOk && deadLetterArn !== undefined) {
      await targets.send(deadLetterArn, JSON.stringify(event), {
        attributes: {
          RequestID: requestId,
          ErrorCode: "200",
          ErrorMessage: describeFailure(result).slice(0, 1_000),
        },
      });
    }
    const destination = isOk ? onSuccess : onFailure;
    if (destination === undefined) return true;
    const record = {
      version: "1.0",
      timestamp: new Date(clock.now()).toISOString(),
      requestContext: {
        requestId,
        functionArn: `${arnOf(functionName)}:$LATEST`,
        condition: isOk ? "Success" : "RetriesExhausted",
        approximateInvokeCount: invokeCount,
      },
      requestPayload: event,
      responseContext: {
        statusCode: 200,
        executedVersion: "$LATEST",
        ...(isOk ? {} : { functionError: "Unhandled" }),
      },
      responsePayload: isOk ? result.payload : failurePayload(result),
    };
    const next = options.functionOf(destination);
    if (next !== undefined) return invoke(next, record);
    await targets.send(destination, JSON.stringify(record));
    return true;
  };

  const invoke = (functionName: string, event: unknown): Promise<boolean> => {
    if (stopped) return Promise.resolve(false);
    const waits = createLoopWaits();
    allWaits.add(waits);
    const done = attempt(functionName, event, waits)
      .catch((error: unknown) => {
        log(functionName, `the result of an event could not be sent: ${String(error)}`);
        return true;
      })
      .finally(() => {
        allWaits.delete(waits);
        running.delete(done);
      });
    running.add(done);
    return done;
  };

  return {
    invoke,
    async stop() {
      stopped = true;
      for (const waits of allWaits) waits.stop();
      await Promise.all(running);
    },
  };
}

const failurePayload = (result: Exclude<InvokeResult, { kind: "ok" }>) =>
  result.kind === "error"
    ? { errorType: result.errorType, errorMessage: result.errorMessage }
    : { errorMessage: describeFailure(result) };
