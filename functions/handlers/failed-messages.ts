import { write } from "../compose/instance.ts";
import { operatorPorts } from "../compose/operator-ports.ts";
import { operatorRoutes } from "../compose/operator-routes.ts";
import { operators } from "../compose/operators.ts";
import { http } from "../middleware/http.ts";

/** Everything under /failed-messages and /republishes, for operators. */
export const handler = http(operatorRoutes(operators(operatorPorts())), write);
