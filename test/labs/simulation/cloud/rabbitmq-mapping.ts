import { RABBITMQ_CONSUMER } from "../../../../functions/contract/broker-names.ts";
import { toRabbitEvent } from "../../../../lib/emulator/rabbitmq/event-source/rabbitmq-event.ts";
import { currentInvocation, type Invocation } from "../engine/scheduler.ts";
import { checkKept } from "../invariants/commits.ts";
import { checkAcknowledged } from "../invariants/operator-actions.ts";
import { CONSUMER_TIMEOUT_MS, type LambdaHandler } from "../parts.ts";
import type { SimulatedSystem } from "../simulated-system.ts";
import { assertInvariant } from "../violation.ts";
import { isRead } from "./backbone.ts";
import { invocationFaults } from "./mappings.ts";
import { holdsAnother, type SimRabbit } from "./rabbitmq.ts";
import {
  deliveryOf,
  hasEvents,
  isOfSuspects,
  type QueuedMessage,
  type RabbitQueue,
  readerOf,
} from "./rabbitmq-queue.ts";

const BATCH_SIZE = 10;
const BACK_OFF_MS = 10_000;

/** The event source mapping of one queue. */
export interface RabbitMapping {
  /** Of the function. */
  readonly name: string;
  readonly queue: RabbitQueue;
  readonly handler: LambdaHandler;
  readonly isOn: () => boolean;
}

/** Whether an event source mapping reads the queue once the last deployment is effective everywhere. */
export function isQueueRead(system: SimulatedSystem, queue: RabbitQueue): boolean {
  return isOptional(system, queue) ? isRead(system, "rabbitmq") : readerOf(queue) !== undefined;
}

/** Whether the queue is read only while RabbitMQ processes. */
export function isOptional({ migrationMistake }: SimulatedSystem, queue: RabbitQueue): boolean {
  return hasEvents(queue) || (migrationMistake === "leaves the suspects" && isOfSuspects(queue));
}

export function mayDeliver(
  { rabbitmq, scheduler }: SimulatedSystem,
  { queue, isOn }: RabbitMapping,
): boolean {
  const isReady = queue.ready.length > 0 && !queue.isBusy && !queue.isMissing;
  return isReady && queue.notBefore <= scheduler.now() && rabbitmq?.isDown === false && isOn();
}

/**
 * One invocation by the rules of Lambda for Amazon MQ: one at a time for a queue, a return acknowledges all of its messages,
 * and an error brings all of them back.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html
 */
export function deliver(system: SimulatedSystem, rabbit: SimRabbit, mapping: RabbitMapping): void {
  const { random, host, faultProfile, attempts, scheduler } = system;
  const { name, queue, handler } = mapping;
  const batch = rabbit.deliver(queue, isOfSuspects(queue) ? 1 : 1 + random.below(BATCH_SIZE));
  if (batch.length === 0) return;
  if (!system.areFaultsOver && random.chance(faultProfile.throttle)) {
    failed(system, rabbit, mapping, batch);
    return;
  }
  attempts.delivered(batch);
  const { generation } = rabbit;
  const startedAt = scheduler.now();
  const event = toRabbitEvent(
    batch.map((message) => deliveryOf(message, queue.name, rabbit.rules)),
    { brokerArn: "arn:aws:mq:eu-central-1:0:broker:orders:b-1", queue: queue.name, vhost: "/" },
  );
  let invocation: Invocation | undefined;
  queue.isBusy = true;
  host.invoke(
    name,
    invocationFaults(system, CONSUMER_TIMEOUT_MS),
    (context) => {
      invocation = currentInvocation.getStore();
      if (invocation !== undefined) invocation.deliveries = batch;
      return handler(event, context);
    },
    (result) => {
      queue.isBusy = false;
      assertInvariant(
        result.kind !== "error" || rabbit.attempts.mayFail(invocation),
        "I11",
        () => `a batch of ${queue.name} is redelivered, although the broker has confirmed each copy`,
      );
      if (result.kind === "response")
        for (const message of batch) checkFinished(system, rabbit, message, startedAt);
      // The channel was lost: the broker has requeued the batch.
      if (rabbit.generation !== generation) return;
      if (result.kind !== "response") return failed(system, rabbit, mapping, batch);
      if (!system.areFaultsOver && random.chance(faultProfile.ackLost)) rabbit.requeue(queue, batch, "close");
      else rabbit.acknowledge(queue, batch);
    },
  );
}

function failed(
  { random, scheduler }: SimulatedSystem,
  rabbit: SimRabbit,
  { queue }: RabbitMapping,
  batch: readonly QueuedMessage[],
): void {
  rabbit.requeue(queue, batch, rabbit.rules.requeue);
  queue.notBefore = scheduler.now() + random.below(BACK_OFF_MS);
}

function checkFinished(
  system: SimulatedSystem,
  rabbit: SimRabbit,
  message: QueuedMessage,
  startedAt: number,
): void {
  const { headers, text } = message;
  const attributes = Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
  const isCopied = holdsAnother(rabbit, (one) => one.text === text, [message]);
  checkAcknowledged(system, {
    attributes,
    body: text,
    startedAt,
    isForwarded: isCopied,
    isUnderWay: (redriveId) =>
      holdsAnother(rabbit, (one) => one.headers["redriveId"] === redriveId, [message]),
  });
  checkKept(system, RABBITMQ_CONSUMER, text, { place: "a message of RabbitMQ", isElsewhere: isCopied });
}
