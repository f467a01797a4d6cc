import { queryText } from "../target/route-request.ts";
import type { Observatory } from "./observatory.ts";

/** An observatory behind HTTP, where `get` reads the JSON at a path. */
export function remoteObservatory(get: <Answer>(path: string) => Promise<Answer>): Observatory {
  return {
    queues: () => get("/queues"),
    metrics: (minutes) => get(`/metrics${queryText({ minutes })}`),
    alarms: () => get("/alarms"),
    timeline: (orderId) => get(`/timeline${queryText({ orderId })}`),
    live: (filter, after) => get(`/live${queryText({ ...filter, after })}`),
    peek: (queue) => get(`/peek${queryText({ queue })}`),
    invocation: ({ requestId, source, at }) => get(`/invocation${queryText({ requestId, source, at })}`),
  };
}
