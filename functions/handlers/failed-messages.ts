import type { RoutesOf } from "../contract/api.ts";
import { http } from "../middleware/http.ts";
import { write } from "./wiring/environment.ts";
import { operatorPorts } from "./wiring/operator-adapters.ts";
import { operatorRoutes, operators } from "./wiring/operator-routes.ts";

/** The operators' routes under /failed-messages and /republishes. */
export const handler = http<RoutesOf<"failed-messages">>(operatorRoutes(operators(operatorPorts())), write);
