import { sqsQueues } from "../../adapters/sqs-queues.ts";
import type { ApiFunctionName, RoutesOf } from "../../contract/api.ts";
import { PROBLEMS, problemType } from "../../contract/errors.ts";
import { ruleOf } from "../../contract/patterns.ts";
import { http, type Routes } from "../../middleware/http.ts";
import { type Admission, admission } from "../../orders/order-commands.ts";
import { clock, environment, integerVariable, optionalVariable, write } from "./environment.ts";

/** A function of the API: its declared routes, with the problem codes and the patterns of the contract. */
export function orderHttp<Name extends ApiFunctionName>(routes: Routes<RoutesOf<NoInfer<Name>>>, to = write) {
  return http(routes as Routes, { problems: PROBLEMS, problemType, ruleOf, write: to });
}

/** The backlog is the queue of new orders, or a broker's metric where the queues process no orders. */
export async function admissionOfEnvironment(): Promise<Admission> {
  const limit = integerVariable("backlogLimit", 10_000);
  const metric = optionalVariable("backlogMetric");
  if (metric !== undefined) {
    const { brokerAdmission, parseBacklogMetric } = await import("./broker-admission.ts");
    return brokerAdmission(parseBacklogMetric(metric), limit);
  }
  const { backlogQueueUrl } = environment("backlogQueueUrl");
  const queues = sqsQueues();
  return admission({ backlog: () => queues.backlog(backlogQueueUrl), clock }, limit);
}
