import { isPauseConsumer, isResumeConsumer } from "../contract/operator-validators.js";
import { listConsumers, pauseConsumer, resumeConsumer } from "../pausing/pause-consumer.ts";
import { orderHttp } from "./wiring/order-http.ts";
import { pausePorts } from "./wiring/pause-ports.ts";

/** GET /consumers, and POST /consumers/{consumer}/pause and /resume */
const ports = pausePorts();
const list = listConsumers(ports);
const pause = pauseConsumer(ports);
const resume = resumeConsumer(ports);

export const handler = orderHttp<"pause-consumers">({
  "GET /consumers": async () => ({ status: 200, body: await list() }),
  "POST /consumers/{consumer}/pause": async (request) => {
    const { why } = request.json(isPauseConsumer);
    return { status: 200, body: await pause(request.parameter("consumer"), { by: request.caller, why }) };
  },
  "POST /consumers/{consumer}/resume": async (request) => {
    const { why } = request.json(isResumeConsumer);
    return { status: 200, body: await resume(request.parameter("consumer"), { by: request.caller, why }) };
  },
});
