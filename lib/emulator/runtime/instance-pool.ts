import type { InvokeResult } from "../types.ts";
import { type Instance, type InstanceOptions, type Kill, startInstance } from "./function-instance.ts";

export interface PoolOptions extends Omit<InstanceOptions, "onIdle" | "onGone"> {
  readonly maxInstances: number;
  /** Concurrent cold starts: more of them only slow each other down on a laptop. */
  readonly maxStarting: number;
  readonly idleMs: number;
  /** Wait for a busy instance before another one is started. */
  readonly growAfterMs: number;
  /** Wait for an instance before the invocation is throttled. */
  readonly queueMs: number;
}

/** The instances of one function. The last used one is used first, so that surplus ones stay idle and are ended. */
export interface Pool {
  invoke(eventJson: string, kill?: Kill): Promise<InvokeResult>;
  /** Starts an instance if there is none. Resolves once it is idle or has failed. */
  warm(): Promise<void>;
  /** Runs later invocations from another folder. Invocations that run end with their code. */
  replaceCode(assetDir: string): void;
  close(): void;
}

interface Waiting {
  readonly serve: (instance: Instance) => void;
  readonly refuse: (result: InvokeResult) => void;
}

export const createPool = (options: PoolOptions): Pool => {
  const all = new Set<Instance>();
  const starting = new Set<Instance>();
  // Responded, and about to request the next event: counted, because a fast caller would otherwise start ever new ones.
  const returning = new Set<Instance>();
  const idle: { readonly instance: Instance; readonly idleTimer: NodeJS.Timeout }[] = [];
  // Started with code that was replaced.
  const outdated = new Set<Instance>();
  const queue: Waiting[] = [];
  const warming: (() => void)[] = [];
  let grower: NodeJS.Timeout | undefined;
  let closed = false;
  let { spec } = options;

  const started = (instance: Instance) => {
    starting.delete(instance);
    for (const done of warming.splice(0)) done();
  };
  const leaveIdle = (instance: Instance) => {
    const at = idle.findIndex((entry) => entry.instance === instance);
    if (at >= 0) clearTimeout(idle.splice(at, 1)[0]?.idleTimer);
  };
  const onIdle = (instance: Instance) => {
    started(instance);
    returning.delete(instance);
    if (outdated.has(instance)) {
      instance.kill();
      return;
    }
    const idleTimer = setTimeout(() => {
      leaveIdle(instance);
      instance.kill();
    }, options.idleMs);
    idleTimer.unref();
    idle.push({ instance, idleTimer });
    pump();
  };
  const onGone = (instance: Instance, why: InvokeResult) => {
    const failedToStart = starting.has(instance);
    started(instance);
    all.delete(instance);
    const wasOutdated = outdated.delete(instance);
    returning.delete(instance);
    leaveIdle(instance);
    // An init error fails one invocation, as in Lambda; the next one starts a new instance.
    if (failedToStart) queue.shift()?.refuse(why);
    pump();
    // The next invocation finds the new code warm. A debugger's port is free only now.
    if (wasOutdated && all.size === 0 && !closed) start();
  };
  const start = () => {
    const instance = startInstance({ ...options, spec, onIdle, onGone });
    all.add(instance);
    starting.add(instance);
  };
  const pump = () => {
    if (closed) return;
    for (let entry = idle.at(-1); entry !== undefined && queue.length > 0; entry = idle.at(-1)) {
      idle.pop();
      clearTimeout(entry.idleTimer);
      queue.shift()?.serve(entry.instance);
    }
    if (queue.length === 0) return;
    if (all.size === 0) start();
    else grower ??= setTimeout(grow, options.growAfterMs);
  };
  // Lambda starts an instance for each invocation that finds none idle. On few cores a start takes longer than most
  // invocations, so it pays only for those that would wait long.
  const grow = () => {
    grower = undefined;
    const wanted = queue.length - starting.size - returning.size;
    const allowed = Math.min(options.maxInstances - all.size, options.maxStarting - starting.size);
    for (let more = Math.min(wanted, allowed); more > 0 && !closed; more -= 1) start();
    pump();
  };

  return {
    invoke: (eventJson, kill) =>
      new Promise((resolve) => {
        if (closed) {
          resolve({ kind: "throttled" });
          return;
        }
        const timer = setTimeout(() => {
          const at = queue.indexOf(waiting);
          if (at >= 0) queue.splice(at, 1);
          resolve({ kind: "throttled" });
        }, options.queueMs);
        const waiting: Waiting = {
          serve: (instance) => {
            clearTimeout(timer);
            instance.run(eventJson, kill).then((result) => {
              if (all.has(instance)) returning.add(instance);
              resolve(result);
            });
          },
          refuse: (result) => {
            clearTimeout(timer);
            resolve(result);
          },
        };
        queue.push(waiting);
        pump();
      }),
    warm: () =>
      new Promise((resolve) => {
        if (closed || idle.length > 0 || (all.size > 0 && starting.size === 0)) {
          resolve();
          return;
        }
        warming.push(resolve);
        if (starting.size === 0) start();
      }),
    replaceCode: (assetDir) => {
      spec = { ...spec, assetDir };
      for (const instance of all) outdated.add(instance);
      for (const { instance } of [...idle]) {
        leaveIdle(instance);
        instance.kill();
      }
    },
    close: () => {
      closed = true;
      clearTimeout(grower);
      for (const waiting of queue.splice(0)) waiting.refuse({ kind: "throttled" });
      for (const instance of all) instance.kill();
      for (const done of warming.splice(0)) done();
    },
  };
};
