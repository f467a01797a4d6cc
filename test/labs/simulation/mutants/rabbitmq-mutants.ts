import type { RabbitMessage } from "../../../../functions/adapters/rabbitmq-publisher.ts";
import { RABBITMQ, retryQueue } from "../../../../functions/contract/broker-names.ts";
import { DONE } from "../../../../functions/middleware/outcome.ts";
import type { Transport } from "../../../../functions/middleware/transport.ts";
import type { RabbitRecord, RabbitResponse } from "../../../../functions/middleware/transports/rabbitmq.ts";
import {
  type RetryOptions,
  retryThroughQueues,
} from "../../../../functions/middleware/transports/rabbitmq-retries.ts";
import type { RabbitTopology } from "../../../../lib/settings/rabbitmq-topology.ts";
import { RETRY_QUEUE_DELAYS_SECONDS } from "../cloud/rabbitmq-queue.ts";
import { type FaultProfile, NO_FAULTS } from "../fault-profile.ts";
import type { LambdaHandler } from "../parts.ts";
import type { RabbitParts } from "../rabbitmq-parts.ts";
import type { Mutant } from "../simulated-system.ts";
import { inParts, withoutRefusals } from "./mutant.ts";

const BUSY: FaultProfile = {
  ...NO_FAULTS,
  processing: ["rabbitmq"],
  error: 0.12,
  crash: 0.03,
  topic: 0.05,
  duplicate: 0.1,
  poison: 0.3,
  brokerKill: 0.05,
};
const DYING: FaultProfile = {
  ...BUSY,
  startsInDeadLetters: true,
  killers: 0.3,
  outages: ["orderStockStore"],
};

/** A mutant of the RabbitMQ parts. */
function inRabbit(
  name: string,
  change: (rabbit: RabbitParts) => Partial<RabbitParts>,
  faultProfile = BUSY,
): Mutant {
  return {
    ...inParts(`RabbitMQ: ${name}`, ({ rabbitmq }) =>
      rabbitmq === undefined ? {} : { rabbitmq: { ...rabbitmq, ...change(rabbitmq) } },
    ),
    faultProfile,
  };
}

/** A mutant of the policy of each queue. */
function inPolicies(
  name: string,
  change: (policy: RabbitTopology["policies"][number]["definition"]) => object,
  faultProfile: FaultProfile,
): Mutant {
  return {
    name: `RabbitMQ: ${name}`,
    topology: (topology) => ({
      ...topology,
      policies: topology.policies.map(({ queue, definition }) => ({
        queue,
        definition: { ...definition, ...change(definition) },
      })),
    }),
    faultProfile,
  };
}

/** A mutant of what surrounds the consumer. `handle` is the consumer without its retries. */
function inRetries(
  name: string,
  wrong: (handle: LambdaHandler, options: RetryOptions) => LambdaHandler,
  faultProfile = BUSY,
): Mutant {
  return inRabbit(name, () => ({ retrying: wrong }), faultProfile);
}

const notAwaited = (wait: Promise<unknown>): void => void wait.catch(() => undefined);

/** What a client without delays by queue would do: one queue, and a time to live of each message. */
function withExpirations(message: RabbitMessage): RabbitMessage {
  for (const queue of Object.values(RABBITMQ.queues)) {
    const longest = retryQueue(queue, RETRY_QUEUE_DELAYS_SECONDS.at(-1) ?? 0);
    for (const seconds of RETRY_QUEUE_DELAYS_SECONDS) {
      if (message.routingKey !== retryQueue(queue, seconds)) continue;
      return { ...message, routingKey: longest, expirationMs: seconds * 1_000 } as RabbitMessage;
    }
  }
  return message;
}

/** Mutants of the RabbitMQ backbone. */
export const RABBITMQ_MUTANTS: readonly Mutant[] = [
  inRetries(
    "a failed message is retried by a negative acknowledgement",
    (handle) => async (event, context) => {
      const { retry } = (await handle(event, context)) as RabbitResponse;
      if (retry.length > 0) throw new Error("Some failed.");
      return null;
    },
  ),
  inRabbit("attempts are counted by x-death", ({ transport }) => {
    const attempt = ({ basicProperties }: RabbitRecord) => {
      const { headers } = (basicProperties ?? {}) as {
        headers?: { "x-death"?: readonly { count: number }[] };
      };
      return 1 + (headers?.["x-death"]?.[0]?.count ?? 0);
    };
    const byDeath: Transport<RabbitRecord> = {
      ...transport,
      attempt,
      parksNow: (raw) => attempt(raw) >= RABBITMQ.attempts,
    };
    return { transport: byDeath };
  }),
  inRetries("the batch is acknowledged before its copies are confirmed", (handle, options) =>
    retryThroughQueues(handle, {
      ...options,
      copies: { put: async (copies, deadline) => notAwaited(options.copies.put(copies, deadline)) },
    }),
  ),
  {
    ...inParts("RabbitMQ: a message is parked after it was acknowledged", ({ failureLogOf }) => ({
      failureLogOf: (name) => ({
        ...failureLogOf(name),
        park: async (message, reason, error) => notAwaited(failureLogOf(name).park(message, reason, error)),
      }),
    })),
    faultProfile: { ...NO_FAULTS, processing: ["rabbitmq"], poison: 0.5 },
  },
  {
    name: "RabbitMQ: a returned message counts as published",
    rabbitPublisher: ({ publish, close }) => ({
      close,
      publish: async (messages, deadline) =>
        (await publish(messages, deadline)).map((answer) =>
          answer.kind === "refused" &&
          answer.error instanceof Error &&
          /UNROUTABLE/.test(answer.error.message)
            ? { kind: "published" }
            : answer,
        ),
    }),
    faultProfile: { ...BUSY, missingPart: 0.3 },
  },
  {
    name: "RabbitMQ: the delay is a time to live of the message",
    rabbitPublisher: ({ publish, close }) => ({
      close,
      publish: (messages, deadline) => publish(messages.map(withExpirations), deadline),
    }),
    faultProfile: { ...BUSY, outages: ["orderStockStore"], clockJump: 0.03 },
  },
  inRabbit("refusals of the broker are ignored", ({ topic }) => ({ topic: withoutRefusals(topic) })),
  inRetries(
    "suspects are handled with their batch",
    (handle, options) =>
      retryThroughQueues(handle, {
        ...options,
        names: { ...options.names, suspects: (queue) => queue },
      }),
    DYING,
  ),
  inRabbit(
    "a dead letter is acknowledged although its retry was refused",
    () => ({
      deadLetters: (handler) => handler,
    }),
    DYING,
  ),
  inRabbit(
    "retries from the dead-letter queue are not counted",
    ({ retryDead }) => ({
      retryDead: (ports) => {
        const put: typeof ports.copies.put = (copies, deadline) =>
          ports.copies.put(
            copies.map((copy) => ({ ...copy, headers: { ...copy.headers, dlqRetryCount: "1" } })),
            deadline,
          );
        return retryDead({ ...ports, copies: { put } });
      },
    }),
    // Nothing reads the messages any more, so that they expire again and again.
    { ...DYING, poison: 0.6, processing: ["queues", "rabbitmq"], moves: [["queues"]] },
  ),
  inRabbit(
    "a successful redrive does not resolve its row",
    ({ transport }) => ({
      transport: { ...transport, isRetriedOrRedriven: () => false },
    }),
    { ...DYING, operators: 6 },
  ),
  inRabbit(
    "a redriven message loses its attributes",
    ({ decodeQueued }) => ({
      decodeQueued(raw) {
        const content = decodeQueued(raw);
        if (content.kind === "malformed") return content;
        return { ...content, message: { ...content.message, attributes: {} } };
      },
    }),
    { ...BUSY, operators: 4 },
  ),
  inRabbit(
    "an unreadable dead letter is done",
    ({ retryDead }) => ({
      retryDead: (ports) => {
        const retry = retryDead(ports);
        return async (dead, deadline) => (dead.queue === undefined ? DONE : retry(dead, deadline));
      },
    }),
    { ...DYING, poison: 0.5, killers: 0, clockJump: 0.1 },
  ),
  inPolicies("dead letters are moved at most once", () => ({ "dead-letter-strategy": "at-most-once" }), {
    ...DYING,
    topic: 0.3,
    missingPart: 0.2,
  }),
  inPolicies("a full queue drops its head", () => ({ overflow: "drop-head" }), {
    ...BUSY,
    hasShortQueues: true,
    outages: ["orderStockStore"],
  }),
];
