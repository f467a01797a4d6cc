import type { AwsCall, CallCheck, Refusal } from "./aws-call.ts";

/** The checks that each SDK call passes, in the order in which they were added. */
export interface CallChecks {
  add(check: CallCheck): void;
  /** True while there is none, so that a service need not read the body. */
  isEmpty(): boolean;
  /** The first refusal. It is a promise only where a check is one. */
  readonly refusalOf: CallCheck;
}

export function createCallChecks(): CallChecks {
  const checks: CallCheck[] = [];
  const from = (index: number, call: AwsCall): ReturnType<CallCheck> => {
    for (let next = index; next < checks.length; next += 1) {
      const refusal = checks[next]?.(call);
      if (refusal instanceof Promise)
        return refusal.then((result: Refusal | undefined) => result ?? from(next + 1, call));
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  };
  return {
    add: (check) => void checks.push(check),
    isEmpty: () => checks.length === 0,
    refusalOf: (call) => from(0, call),
  };
}
