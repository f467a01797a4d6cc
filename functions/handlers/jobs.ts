import { jobOperations, jobRoutes } from "./wiring/job-routes.ts";
import { jobPorts } from "./wiring/operator-adapters.ts";
import { orderHttp } from "./wiring/order-http.ts";

/** Operators act on many messages or orders. Maintenance continues a job that outlasts its request. */
export const handler = orderHttp<"jobs">(jobRoutes(jobOperations(jobPorts())));
