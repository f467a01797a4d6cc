import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import type { FunctionSpec } from "../assembly/model.ts";
import type { Debugging, InvokeResult, LogLine } from "../types.ts";
import { instanceEnvironment } from "./function-environment.ts";
import { watchMemory } from "./memory-watch.ts";
import { eachLine } from "./output-lines.ts";
import type { Reaper } from "./reaper.ts";
import { openRuntimeApi, type PostedError, type RuntimeApi } from "./runtime-api.ts";

/** Folders whose packages hold the AWS SDK, which Lambda provides: that of the app, and this one. */
const SDK_FOLDERS = [process.cwd(), fileURLToPath(new URL(".", import.meta.url))];

/** Longer than a debugger stays at a breakpoint. */
const SUSPENDED_MS = 12 * 3_600_000;
const BOOTSTRAP = fileURLToPath(new URL("./bootstrap.mjs", import.meta.url));

/** An injected crash: the process dies `afterMs` into the invocation, or before its response counts. */
export interface Kill {
  readonly afterMs: number;
}

export interface InstanceOptions {
  readonly spec: FunctionSpec;
  readonly functionArn: string;
  readonly emulatorVariables: Readonly<Record<string, string>>;
  readonly onLine: (line: LogLine) => void;
  readonly reaper: Reaper;
  /** The program that asks the Runtime API for events and runs the handler; default: the emulator's own. */
  readonly runtimeClient?: string;
  readonly debugging?: Debugging | undefined;
  /** Time from the start of the process to its first request for an event. */
  readonly initTimeoutMs: number;
  /** The runtime requested its next event. */
  readonly onIdle: (instance: Instance) => void;
  /** The process has ended, once. `why` is for an invocation that waited for this instance to start. */
  readonly onGone: (instance: Instance, why: InvokeResult) => void;
}

/** One child process with its Runtime API. */
export interface Instance {
  /** Legal while idle. Resolves with the response, or once there can be none. */
  run(eventJson: string, kill?: Kill): Promise<InvokeResult>;
  kill(): void;
}

interface Running {
  readonly requestId: string;
  readonly finish: (result: InvokeResult) => void;
  readonly kill: Kill | undefined;
}

const errorResult = ({ errorType, errorMessage }: PostedError): InvokeResult => ({
  kind: "error",
  errorType,
  errorMessage,
});

const exitDetail = (code: number | null, signal: NodeJS.Signals | null): string =>
  signal === null ? `exit status ${code}` : `signal ${signal}`;

/** Starts a function instance. It calls `onIdle`, or `onGone` where it could not start. */
export const startInstance = (options: InstanceOptions): Instance => {
  const { spec, runtimeClient = BOOTSTRAP } = options;
  let child: ChildProcess | undefined;
  let api: RuntimeApi | undefined;
  let running: Running | undefined;
  /** Of the invocation that runs, or of the latest: its last lines may be read after its response. */
  let requestId: string | undefined;
  let gone = false;
  let why: InvokeResult | undefined;

  const onLine = (stream: LogLine["stream"], text: string) =>
    options.onLine({
      at: Date.now(),
      source: spec.name,
      stream,
      text,
      ...(requestId === undefined ? {} : { requestId }),
    });
  const log = (text: string) => onLine("emulator", text);
  const killProcess = () => {
    child?.kill("SIGKILL");
  };
  const finish = (result: InvokeResult) => {
    const { finish: done } = running ?? {};
    running = undefined;
    done?.(result);
  };
  const end = (result: InvokeResult) => {
    if (gone) return;
    gone = true;
    clearTimeout(initTimer);
    api?.close();
    finish(why ?? result);
    options.onGone(instance, why ?? result);
  };
  const fail = (result: InvokeResult, text: string) => {
    why = result;
    log(text);
    finish(result);
    if (child === undefined) end(result);
    else killProcess();
  };

  const inspectPort = options.debugging?.inspectPort(spec.name);
  const initTimeoutMs = inspectPort === undefined ? options.initTimeoutMs : SUSPENDED_MS;
  const timeoutMs = inspectPort === undefined ? spec.timeoutMs : SUSPENDED_MS;

  const initTimer = setTimeout(() => {
    const detail = `the init phase took longer than ${options.initTimeoutMs / 1000} s`;
    fail({ kind: "crashed", detail }, detail);
  }, initTimeoutMs);

  const instance: Instance = {
    run: (eventJson, kill) =>
      new Promise((resolve) => {
        if (gone || api === undefined) {
          resolve({ kind: "crashed", detail: "the instance exited before it received the event" });
          return;
        }
        requestId = randomUUID();
        const timers = [setTimeout(timeOut, timeoutMs)];
        if (kill !== undefined) timers.push(setTimeout(crash, kill.afterMs));
        const unwatch = watchMemory(child?.pid ?? 0, spec.memoryMb, outOfMemory);
        running = {
          requestId,
          kill,
          finish: (result) => {
            for (const timer of timers) clearTimeout(timer);
            unwatch();
            resolve(result);
          },
        };
        api.deliver({
          requestId,
          functionArn: options.functionArn,
          deadlineMs: Date.now() + timeoutMs,
          traceId: `Root=1-${Math.floor(Date.now() / 1000).toString(16)}-${randomBytes(12).toString("hex")}`,
          body: eventJson,
        });
      }),
    kill: () => {
      if (child === undefined) end({ kind: "crashed", detail: "stopped before it had started" });
      else killProcess();
    },
  };
  const timeOut = () =>
    fail({ kind: "timeout" }, `Task timed out after ${(spec.timeoutMs / 1000).toFixed(2)} seconds`);
  const crash = () => fail({ kind: "crashed", detail: "killed by a fault" }, "Killed by a fault");
  const outOfMemory = (usedMb: number) => {
    const detail = `Runtime.OutOfMemory: ${usedMb} MB used of ${spec.memoryMb} MB`;
    fail({ kind: "crashed", detail }, detail);
  };

  const start = async () => {
    api = await openRuntimeApi({
      ready: () => {
        clearTimeout(initTimer);
        options.onIdle(instance);
      },
      initFailed: (error) => {
        why = errorResult(error);
      },
      answered: (_requestId, answer) => {
        if (running?.kill !== undefined) crash();
        else if (answer.kind === "error") finish(errorResult(answer.error));
        else finish({ kind: "ok", payload: answer.payload });
      },
    });
    if (gone) {
      api.close();
      return;
    }
    child = spawn(
      process.execPath,
      [
        `--max-old-space-size=${spec.memoryMb}`,
        ...(options.debugging?.sourceMaps === true ? ["--enable-source-maps"] : []),
        ...(inspectPort === undefined ? [] : [`--inspect=127.0.0.1:${inspectPort}`]),
        runtimeClient,
        ...SDK_FOLDERS,
      ],
      {
        cwd: spec.assetDir,
        // A group of its own: Ctrl-C in the terminal would otherwise reach it before the emulator has drained.
        detached: true,
        env: instanceEnvironment(
          spec,
          options.emulatorVariables,
          api.address,
          randomUUID().replaceAll("-", ""),
        ),
        stdio: ["pipe", "pipe", "pipe"],
      },
    );
    child.once("error", (cause) =>
      end({ kind: "crashed", detail: `could not be started: ${cause.message}` }),
    );
    const { pid } = child;
    if (pid !== undefined) options.reaper.watch(pid);
    child.once("exit", (code, signal) => {
      if (pid !== undefined) options.reaper.forget(pid);
      const detail = `Runtime exited without an answer: ${exitDetail(code, signal)}`;
      if (running !== undefined) log(detail);
      end({ kind: "crashed", detail });
    });
    child.stdin?.on("error", () => {});
    for (const stream of ["stdout", "stderr"] as const) {
      const output = child[stream];
      if (output === null) continue;
      eachLine(output, (text) => onLine(stream, text));
    }
  };
  start().catch((cause: unknown) =>
    end({ kind: "crashed", detail: `could not be started: ${String(cause)}` }),
  );
  return instance;
};
