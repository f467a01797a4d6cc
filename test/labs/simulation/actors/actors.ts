import { deployNext, nextMoveAt } from "../cloud/backbone.ts";
import { BROKERS, isBrokerPublisher, type QueueOwner } from "../cloud/consumers.ts";
import { mayPollTopic, pollTopic, rebalance, type TopicMapping } from "../cloud/kafka-mapping.ts";
import { mayPoll, mayRead, poll, readShard } from "../cloud/mappings.ts";
import type { LambdaHandler } from "../parts.ts";
import type { SimulatedSystem } from "../simulated-system.ts";
import { type AcceptedRequests, clients } from "./clients.ts";
import { startInDeadLetters } from "./dead-letter-start.ts";
import { sendPoison } from "./foreign-messages.ts";
import { type OperatorAction, operators } from "./operators.ts";
import { losableMessages } from "./purge.ts";
import { rabbitActions } from "./rabbitmq-actions.ts";

const MINUTE_MS = 60_000;

/** An action that can run now. */
export interface EnabledAction {
  readonly label: string;
  act(): void;
}

/** An action with the condition that it can run. */
export interface PossibleAction extends EnabledAction {
  isEnabled(): boolean;
}

/** Event source mappings, maintenance, clients, operators and foreign writers. */
export interface Actors {
  /** The actions that can run now, besides the steps that are ready. */
  enabledActions(): readonly EnabledAction[];
  /** Time of the next maintenance. */
  nextTick(): number;
  /** Whether maintenance ran and changed nothing. */
  lastTickChangedNothing(): boolean;
  /** Ignores the last maintenance, as it ran under faults. */
  forgetTick(): void;
  readonly accepted: AcceptedRequests;
  readonly operatorActions: readonly OperatorAction[];
}

export function makeActors(system: SimulatedSystem): Actors {
  const { scheduler, queues, shards, functions, host, random, faultProfile, tables, oracle } = system;
  const customers = clients(system);
  if (faultProfile.startsInDeadLetters) startInDeadLetters(system);
  const operatorClients = operators(system);
  const topics = topicMappings(system);
  let nextTick = scheduler.now() + MINUTE_MS;
  let changesAtTick = -1;
  let poisons = faultProfile.poison > 0 ? 1 + random.below(3) : 0;

  const changes = () => {
    let sum =
      tables.changes.length +
      oracle.passed["publish-events"].size +
      oracle.passed["publish-to-kafka"].size +
      oracle.moves() +
      system.crashed.size;
    for (const row of tables.rows.failed.values()) sum += 1 + row.revision;
    for (const jobs of Object.values(system.jobs)) for (const { revision } of jobs.values()) sum += revision;
    return sum;
  };
  const tick = () => {
    nextTick = scheduler.now() + MINUTE_MS;
    changesAtTick = changes();
    host.invoke(
      "maintenance",
      { timeoutMs: MINUTE_MS, skewMs: 0, becomesZombie: false },
      (context) => functions.maintenance({}, context),
      () => undefined,
    );
  };
  const always: readonly PossibleAction[] = [
    ...queues.flatMap(({ consumer, source, deadLetters, undelivered }) => [
      {
        label: `poll ${source.name}`,
        isEnabled: () => mayPoll(system, source, consumer) && system.backbone.readsQueue(consumer),
        act: () => poll(system, source, consumer, "source", handlerOf(system, consumer)),
      },
      ...[deadLetters, undelivered].map((queue) => ({
        label: `poll ${queue.name}`,
        isEnabled: () => mayPoll(system, queue, "dead-letters"),
        act: () => poll(system, queue, consumer, "dead", functions.deadLetters),
      })),
    ]),
    ...shards.map((shard, index) => ({
      label: `read shard ${index} for ${shard.reader}`,
      isEnabled: () => mayRead(system, shard),
      act: () => readShard(system, shard),
    })),
    ...topics.flatMap((mapping) => [
      {
        label: `poll ${mapping.log.topic}`,
        isEnabled: () => mayPollTopic(system, mapping),
        act: () => pollTopic(system, mapping),
      },
      {
        label: `rebalance ${mapping.name}`,
        isEnabled: () =>
          faultProfile.rebalance > 0 && !system.areFaultsOver && random.chance(faultProfile.rebalance / 4),
        act: () => rebalance(system, mapping),
      },
    ]),
    ...rabbitActions(system),
    {
      label: "the next backbone is deployed",
      isEnabled: () =>
        (nextMoveAt(system) ?? Number.POSITIVE_INFINITY) <= scheduler.now() &&
        (system.areFaultsOver || random.chance(0.1)),
      act: () => deployNext(system),
    },
    { label: "a client sends a request", isEnabled: customers.hasMore, act: customers.act },
    {
      label: "maintenance is due",
      isEnabled: () => scheduler.now() >= nextTick && host.running("maintenance") === 0,
      act: tick,
    },
    {
      label: "an operator acts",
      isEnabled: () => !system.areFaultsOver && random.chance(0.3) && operatorClients.hasWork(),
      act: operatorClients.act,
    },
    {
      label: "a queue loses a message",
      isEnabled: () =>
        faultProfile.purge > 0 &&
        !system.areFaultsOver &&
        random.chance(faultProfile.purge) &&
        losableMessages(system).length > 0,
      act: () => random.pick(losableMessages(system))(),
    },
    {
      label: "a foreign writer sends",
      isEnabled: () => poisons > 0 && !system.areFaultsOver && random.chance(faultProfile.poison),
      act: () => {
        poisons -= 1;
        sendPoison(system);
      },
    },
  ];

  return {
    accepted: customers.accepted,
    operatorActions: operatorClients.operatorActions,
    nextTick: () => nextTick,
    lastTickChangedNothing: () => changesAtTick === changes(),
    forgetTick() {
      changesAtTick = -1;
    },
    enabledActions: () => always.filter((action) => action.isEnabled()),
  };
}

function handlerOf({ functions }: SimulatedSystem, owner: QueueOwner): LambdaHandler {
  if (!isBrokerPublisher(owner)) return functions.consumers[owner];
  const handler =
    owner === BROKERS.kafka.publisher ? functions.kafka?.publishToKafka : functions.rabbitmq?.publishToRabbit;
  if (handler === undefined) throw new RangeError(`This schedule has no ${owner}.`);
  return handler;
}

function topicMappings({ kafka, functions, backbone }: SimulatedSystem): readonly TopicMapping[] {
  if (kafka === undefined || functions.kafka === undefined) return [];
  const { topic, deadLetters, retries } = kafka;
  const { orderEventsKafka, kafkaDeadLetters } = functions.kafka;
  return [
    {
      name: "order-events-kafka",
      log: topic,
      handler: orderEventsKafka,
      retries,
      isOn: () => backbone.reads("kafka"),
    },
    { name: "kafka-dead-letters", log: deadLetters, handler: kafkaDeadLetters, isOn: () => true },
  ];
}
