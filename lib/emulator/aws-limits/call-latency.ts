import { setTimeout as sleep } from "node:timers/promises";
import type { AwsCall, CallCheck } from "../calls/aws-call.ts";
import { type Latency, latencyOf } from "./aws-latencies.ts";

/** The standard normal deviate that one of a hundred exceeds. */
const Z99 = 2.326;

/** A time of the log-normal distribution with this median and 99th percentile, by two numbers from 0 to 1. */
export function logNormalMs({ p50Ms, p99Ms }: Omit<Latency, "source">, one: number, other: number): number {
  // https://en.wikipedia.org/wiki/Box%E2%80%93Muller_transform
  const deviate = Math.sqrt(-2 * Math.log(1 - one)) * Math.cos(2 * Math.PI * other);
  return p50Ms * Math.exp((deviate * Math.log(p99Ms / p50Ms)) / Z99);
}

/** Gives each call the time that it takes at AWS, whatever `check` decides; what a call holds, it holds as long. */
export function delayed(
  check: CallCheck,
  wait: (call: AwsCall) => Promise<void> = ({ service, operation }) =>
    sleep(logNormalMs(latencyOf(service, operation), Math.random(), Math.random())),
): CallCheck {
  return async (call) => {
    const refusal = await check(call);
    await wait(call);
    return refusal;
  };
}
