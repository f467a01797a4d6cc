import { type ApiTarget, bodyOf, exchangeHttp } from "../target/api-client.ts";
import { httpRequest } from "../target/route-request.ts";
import type { Observatory } from "./observatory.ts";

/** Reads the local emulator over HTTP, from another process. Rejects with RequestError where it does not respond. */
export function httpObservatory(target: ApiTarget): Observatory {
  const get = async <T>(path: string) =>
    bodyOf(await exchangeHttp<T>(target, httpRequest("GET", `/_emulator/observe${path}`)));
  return {
    queues: () => get("/queues"),
    metrics: (minutes) => get(`/metrics?minutes=${minutes}`),
    alarms: () => get("/alarms"),
    timeline: (orderId) => get(`/timeline?orderId=${encodeURIComponent(orderId)}`),
    live: (filter, after) =>
      get(`/live?${new URLSearchParams({ ...filter, ...(after === undefined ? {} : { after }) })}`),
    peek: (queue) => get(`/peek?${new URLSearchParams({ queue })}`),
    invocation: ({ requestId }) => get(`/invocation?${new URLSearchParams({ requestId })}`),
  };
}
