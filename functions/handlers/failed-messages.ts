import { http } from "../middleware/http.ts";
import { operatorPorts } from "./wiring/operator-adapters.ts";
import { operatorRoutes } from "./wiring/operator-routes.ts";
import { operators } from "./wiring/operators.ts";
import { write } from "./wiring/runtime.ts";

/** Everything under /failed-messages and /republishes, for operators. */
export const handler = http(operatorRoutes(operators(operatorPorts())), write);
