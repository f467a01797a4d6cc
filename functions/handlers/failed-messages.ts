import { findOrders } from "../orders/matching-orders.ts";
import { unsuppressAddress } from "../orders/unsuppress-address.ts";
import { operatorPorts } from "./wiring/operator-adapters.ts";
import { operatorRoutes, operators } from "./wiring/operator-routes.ts";
import { orderHttp } from "./wiring/order-http.ts";

/** The operators' routes under /failed-messages, /jobs and /mails, and GET /orders. */
const ports = operatorPorts();

export const handler = orderHttp<"failed-messages">(
  operatorRoutes(operators(ports), { unsuppress: unsuppressAddress(ports), findOrders: findOrders(ports) }),
);
