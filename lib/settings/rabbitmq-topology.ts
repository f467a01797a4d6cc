import {
  RABBITMQ,
  RABBITMQ_QUEUES,
  retryQueue,
  suspectQueue,
} from "../../functions/contract/broker-names.ts";

/** What a vhost has to hold. Everything in it is durable. */
export interface RabbitTopology {
  readonly exchanges: readonly { readonly name: string; readonly type: "direct" | "fanout" }[];
  /** Quorum queues without arguments of their own: what may change is in the policies. */
  readonly queues: readonly string[];
  readonly bindings: readonly RabbitBinding[];
  readonly policies: readonly RabbitPolicy[];
}

export interface RabbitBinding {
  readonly exchange: string;
  readonly queue: string;
  readonly key: string;
}

/** A policy of exactly one queue, whose name it has. `definition` has the broker's own names and values. */
export interface RabbitPolicy {
  readonly queue: string;
  readonly definition: Readonly<Record<string, string | number>>;
}

export interface RabbitTopologySettings {
  readonly rabbitmqMessageTtlSeconds: number;
  readonly rabbitmqQueueLength: number;
  readonly rabbitmqRetryDelaysSeconds: readonly number[];
}

/** Deliveries of a message before it goes to the dead-letter queue, although no attempt ever reported. */
const DELIVERY_LIMIT = 20;
/**
 * RabbitMQ 4 deletes a message after 20 deliveries where a queue has neither a limit nor a dead-letter exchange. A message
 * in the dead-letter queue has nowhere else to go.
 */
const NO_DELIVERY_LIMIT = 1_000_000_000;
/** Nothing is dropped: a full queue refuses its publisher, and a dead letter leaves only once it is in its next queue. */
const KEEP = { overflow: "reject-publish", "dead-letter-strategy": "at-least-once" } as const;

/** The topology of a deployment. It contains no secret. */
export function rabbitTopology(settings: RabbitTopologySettings): RabbitTopology {
  const { rabbitmqMessageTtlSeconds, rabbitmqQueueLength, rabbitmqRetryDelaysSeconds } = settings;
  const { exchange, deadLetterExchange, deadLetterQueue } = RABBITMQ;
  const toDeadLetters = { ...KEEP, "dead-letter-exchange": deadLetterExchange };
  const policies = RABBITMQ_QUEUES.flatMap((queue): RabbitPolicy[] => [
    {
      queue,
      definition: {
        ...toDeadLetters,
        "message-ttl": rabbitmqMessageTtlSeconds * 1_000,
        "max-length": rabbitmqQueueLength,
        "delivery-limit": DELIVERY_LIMIT,
      },
    },
    // Suspects do not expire: they are handled one by one, which takes its time.
    { queue: suspectQueue(queue), definition: { ...toDeadLetters, "delivery-limit": DELIVERY_LIMIT } },
    ...rabbitmqRetryDelaysSeconds.map((seconds) => ({
      queue: retryQueue(queue, seconds),
      definition: {
        ...KEEP,
        "message-ttl": seconds * 1_000,
        // The default exchange sends to the queue of the key's name.
        "dead-letter-exchange": "",
        "dead-letter-routing-key": queue,
      },
    })),
  ]);
  policies.push({
    queue: deadLetterQueue,
    definition: { overflow: "reject-publish", "delivery-limit": NO_DELIVERY_LIMIT },
  });
  return {
    exchanges: [
      { name: exchange, type: "direct" },
      // Of every key, so that no dead letter is unroutable.
      { name: deadLetterExchange, type: "fanout" },
    ],
    queues: policies.map(({ queue }) => queue),
    bindings: [
      ...Object.entries(RABBITMQ.queues).map(([key, queue]) => ({ exchange, queue, key })),
      { exchange: deadLetterExchange, queue: deadLetterQueue, key: "" },
    ],
    policies,
  };
}
