import { write } from "../compose/instance.ts";
import { operatorPorts } from "../compose/operator-ports.ts";
import { operatorRoutes } from "../compose/operator-routes.ts";
import { http } from "../middleware/http.ts";
import { operators } from "../operators.ts";

/** Everything under /failed-messages and /republishes, for operators. */
export const handler = http(operatorRoutes(operators(operatorPorts())), write);
