import { Violation } from "../violation.ts";
import type { LambdaHost } from "./lambda-host.ts";
import { currentInvocation, type Invocation, type Scheduler } from "./scheduler.ts";

/** The fault of one call of a port. */
export type Fault =
  | "none"
  /** Not applied; the caller gets an error. */
  | "error"
  /** Applied; the caller gets an error. */
  | "lost"
  /** Applied, and applied again later, as by an SDK's retry after a lost reply. */
  | "twice"
  | "crash-before"
  | "crash-after"
  /** The service refuses the whole request; only for ports with such a result. */
  | "invalid";

export type FaultSource = (call: string, invocation: Invocation | undefined) => Fault;

/** The result of a port that reports errors without rejecting. `wasApplied` is hidden from the caller. */
export type ErrorReply = (args: readonly unknown[], error: Error, wasApplied: boolean) => unknown;

export interface PortCalls {
  /** The port with each call as a yield point of the scheduler, and with faults. */
  yielding<P extends object>(name: string, port: P, reply?: ErrorReply): P;
  readonly calls: number;
  /** The first violation in a port, because the code under test may have swallowed the error. */
  readonly violation: Violation | undefined;
  report(violation: Violation): void;
}

/** Calls that the SDK may repeat: harmless by their contract, or with harm that has to be found. */
const SENT_TWICE: ReadonlySet<string> = new Set([
  "orders.place",
  "orders.move",
  "stock.count",
  "orderStockStore.reserve",
  "orderStockStore.release",
  "failedMessages.put",
  "effectOnce.apply",
  "notifications.claim",
  "notifications.markSent",
  "notifications.release",
  "jobs.put",
  "queues.send",
  "publisher.publish",
  "recordTopic.publish",
  "rabbitmq.publish",
]);

type Method = (...args: unknown[]) => Promise<unknown>;

export function portCalls(scheduler: Scheduler, host: LambdaHost, faultOf: FaultSource): PortCalls {
  const { ready, random } = scheduler;
  let calls = 0;
  let violation: Violation | undefined;

  function observed(result: Promise<unknown>): Promise<unknown> {
    result.catch((error: unknown) => {
      if (error instanceof Violation) violation ??= error;
    });
    return result;
  }

  function call(label: string, method: Method, args: unknown[], reply: ErrorReply | undefined) {
    const invocation = currentInvocation.getStore();
    return new Promise<unknown>((resolve, reject) => {
      const fail = (wasApplied: boolean) => {
        const error = serviceError(random.below(ERRORS.length));
        if (reply === undefined) reject(error);
        else resolve(reply(args, error, wasApplied));
      };
      let fault: Fault = "none";
      ready.push({
        label: invocation === undefined ? label : `${invocation.name}#${invocation.id} ${label}`,
        invocation,
        detail: () => `${textOf(args)}${fault === "none" ? "" : `  !! ${fault}`}`,
        run() {
          calls += 1;
          fault = faultOf(label, invocation);
          if (fault === "error") return fail(false);
          if (fault === "invalid") return resolve({ kind: "invalid" });
          if (fault === "crash-before" && invocation !== undefined) return host.crash(invocation);
          const result = observed(method(...args));
          if (fault === "lost") {
            result.then(
              () => fail(true),
              () => fail(false),
            );
          } else if (fault === "crash-after" && invocation !== undefined) host.crash(invocation);
          else if (fault === "twice" && SENT_TWICE.has(label)) {
            // Other steps can run between the two.
            const run = () => resolve(observed(method(...args)));
            ready.push({ label: `${label} again`, invocation, run });
          } else resolve(result);
        },
      });
    });
  }

  return {
    get calls() {
      return calls;
    },
    get violation() {
      return violation;
    },
    report(found) {
      violation ??= found;
    },
    yielding<P extends object>(name: string, port: P, reply?: ErrorReply): P {
      const wrapped: Record<string, Method> = {};
      for (const [key, method] of Object.entries(port) as [string, Method][]) {
        const label = `${name}.${key}`;
        wrapped[key] = (...args) => call(label, method, args, reply) as Promise<unknown>;
      }
      return wrapped as P;
    },
  };
}

const ERRORS = [
  "ThrottlingException",
  "TransactionConflictException",
  "TransactionCanceledException",
  "TimeoutError",
  "InternalServerError",
] as const;

function serviceError(index: number): Error {
  const error = new Error("The service did not do what it was asked.");
  error.name = ERRORS[index] ?? "InternalServerError";
  return Object.assign(error, {
    $metadata: { httpStatusCode: error.name.startsWith("Internal") ? 500 : 400 },
  });
}

function textOf(args: readonly unknown[]): string {
  const text = JSON.stringify(args, (_, value: unknown) => (value instanceof Map ? [...value] : value)) ?? "";
  return text.length > 240 ? `${text.slice(0, 240)}…` : text;
}
