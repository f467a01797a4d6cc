import { write } from "../compose.ts";
import { operatorPorts } from "../compose-operators.ts";
import { http } from "../middleware/http.ts";
import { operatorRoutes } from "../operator-routes.ts";
import { operators } from "../operators.ts";

/** Everything under /failed-messages and /republishes, for operators. */
export const handler = http(operatorRoutes(operators(operatorPorts())), write);
