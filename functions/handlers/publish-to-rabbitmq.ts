import { rabbitExchange } from "../adapters/rabbitmq-exchange.ts";
import { RABBITMQ_PUBLISHER as name, RABBITMQ } from "../contract/broker-names.ts";
import { consumer } from "../middleware/consumer.ts";
import { publishMessages } from "../publishing/publish-messages.ts";
import { publishCounts } from "../publishing/publish-transitions.ts";
import { queuedMessageDecoder, redriveQueue } from "../publishing/redrive-queue.ts";
import { clock, integerVariable, serviceOptions } from "./wiring/environment.ts";
import { failureLogOnFirstUse } from "./wiring/event-consumer.ts";
import { publisherOfEnvironment } from "./wiring/rabbitmq-broker-access.ts";

/** A queue of the topic, where redriven messages arrive as well → RabbitMQ's exchange. */
const topic = rabbitExchange(publisherOfEnvironment(), RABBITMQ.exchange, clock);

export const handler = consumer({
  name,
  transport: redriveQueue(name, integerVariable("maxReceiveCount", 5)),
  decode: queuedMessageDecoder(name),
  handle: { many: publishMessages({ topic }) },
  failureLog: failureLogOnFirstUse(),
  ...serviceOptions,
  alsoCount: publishCounts("rabbitmqPublishFailed"),
});
