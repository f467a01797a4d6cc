/** Types that the parts of the local emulator share. Those of the resources of the templates are in assembly/model.ts. */

/** The result of one invocation. Every result but `ok` leaves a batch unfinished. */
export type InvokeResult =
  | { readonly kind: "ok"; readonly payload: unknown }
  | { readonly kind: "error"; readonly errorType: string; readonly errorMessage: string }
  | { readonly kind: "timeout" }
  | { readonly kind: "crashed"; readonly detail: string }
  | { readonly kind: "throttled" };

/** How a developer looks into functions. */
export interface Debugging {
  /** Stack traces name the sources. */
  readonly sourceMaps: boolean;
  /** The port of a function's debugger, which suspends its time-outs; undefined for none. */
  readonly inspectPort: (name: string) => number | undefined;
}

/** Runs functions: one child process per concurrent invocation, reused warm. */
export interface FunctionHost {
  /** Never rejects because of the function; rejects for an unknown name. */
  invoke(name: string, event: unknown): Promise<InvokeResult>;
  close(): Promise<void>;
}

/** A running event source mapping. `stop` waits for invocations in flight and acknowledges their records. */
export interface RunningMapping {
  stop(): Promise<void>;
}

/** Endpoints of the emulator's services, for SDK clients with static dummy credentials. */
export interface AwsEndpoints {
  readonly sqs: string;
  readonly sns: string;
  readonly s3: string;
  readonly dynamodb: string;
  readonly ses: string;
  readonly region: string;
}

/** Milliseconds since the epoch. */
export interface Clock {
  now(): number;
}

/** One line of output: a function's stdout or stderr line, or the emulator's own. */
export interface LogLine {
  readonly at: number;
  readonly source: string;
  readonly stream: "stdout" | "stderr" | "emulator";
  readonly text: string;
  /** The invocation during which a function wrote the line. */
  readonly requestId?: string;
}
