import { NoRabbitError } from "../../../lib/emulator/rabbitmq/broker/no-rabbitmq.ts";
import type { Benchmark, Figure, Progress } from "./benchmark.ts";
import { brokerThroughput } from "./broker-throughput.ts";
import { rabbitClients } from "./rabbitmq-clients.ts";
import { rabbitCost } from "./rabbitmq-cost.ts";

const BATCH_SIZE = 10;
const WITH_BROKER = "publishing, consuming, POST to CONFIRMED";

/** The RabbitMQ backbone: the cost of a record, the clients, and orders through a broker. */
export const rabbit: Benchmark = {
  name: "rabbitmq",
  about: "CPU of one record of RabbitMQ; messages a second beside amqplib; orders through the broker",
  aims: rabbitCost.aims,
  async run(...asked) {
    const [progress, leaveOut] = asked;
    const figures: Figure[] = [...(await rabbitCost.run(...asked))];
    try {
      figures.push(...(await withBroker(progress)));
    } catch (error) {
      if (!(error instanceof NoRabbitError)) throw error;
      leaveOut(WITH_BROKER, error.message);
    }
    return figures;
  },
};

async function withBroker(progress: Progress): Promise<Figure[]> {
  const clients = await rabbitClients(progress);
  const settings = {
    backbones: "queues,rabbitmq",
    processing: "rabbitmq",
    rabbitmqBatchSize: String(BATCH_SIZE),
  };
  return [...clients, ...(await brokerThroughput(settings, BATCH_SIZE, progress))];
}
