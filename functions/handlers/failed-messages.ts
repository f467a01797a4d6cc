import { failedMessageRoutes, messageOperations } from "./wiring/failed-message-routes.ts";
import { actPorts } from "./wiring/operator-adapters.ts";
import { orderHttp } from "./wiring/order-http.ts";

/** Operators read failed messages and decide about one. */
export const handler = orderHttp<"failed-messages">(failedMessageRoutes(messageOperations(actPorts())));
