import { managementApi } from "../../lib/rabbitmq-topology/management-api.ts";
import { reconcileTopology } from "../../lib/rabbitmq-topology/reconcile-topology.ts";
import { onClosedOutput, terminal } from "../../lib/terminal.ts";

/** `npm run rabbitmq:topology`: applies the topology of order-events to an existing broker of RabbitMQ. */
onClosedOutput();
process.exitCode = await reconcileTopology(process.argv.slice(2), {
  ...terminal,
  password: process.env["RABBITMQ_PASSWORD"],
  management: managementApi,
});
