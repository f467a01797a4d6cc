import { CfnOutput, Stack, type StackProps } from "aws-cdk-lib";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import {
  KAFKA_CONSUMER,
  KAFKA_FUNCTIONS,
  KAFKA_PUBLISHER,
  type KafkaFunctionName,
} from "../../functions/contract/broker-names.ts";
import { readingOf, type Settings } from "../config.ts";
import type { BrokerBundles } from "../constructs/bundle.ts";
import { deployedAs, type EventFunction, eventFunctions } from "../constructs/event-function.ts";
import { eventQueue } from "../constructs/event-queue.ts";
import { mapQueue, mapStream } from "../constructs/event-source-mappings.ts";
import { grantPark } from "../constructs/grants/failure-grants.ts";
import { grantProduce, grantReadTopic } from "../constructs/grants/kafka-grants.ts";
import { grantNetwork } from "../constructs/grants/network-grants.ts";
import { grantDecideOrders } from "../constructs/grants/order-grants.ts";
import { grantReadStream } from "../constructs/grants/publishing-grants.ts";
import { grantConsumeWithoutBackOff } from "../constructs/grants/queue-grants.ts";
import { kafkaBrokers } from "../constructs/kafka-brokers.ts";
import { brokerZones, existingCluster, type KafkaCluster, OwnCluster } from "../constructs/kafka-cluster.ts";
import { mapTopic } from "../constructs/kafka-event-source-mappings.ts";
import { kafkaNames } from "../settings/kafka-names.ts";
import type { DataStack } from "./data-stack.ts";

export interface KafkaStackProps extends StackProps {
  readonly settings: Settings;
  readonly data: DataStack;
  readonly bundles: BrokerBundles<"kafka">;
}

/** AWS's minimum: few events are redriven to Kafka. */
const REDRIVE_CONCURRENCY = 2;
/** Few records are given up. */
const DEAD_LETTER_POLLERS = 1;

/** The second backbone: the cluster, its topics, and the functions that write and read them. */
export class KafkaStack extends Stack {
  readonly cluster: KafkaCluster;
  readonly functions: Readonly<Record<KafkaFunctionName, EventFunction>>;
  /** The way to Kafka from outside its network, for redriven and republished events. */
  readonly queue: Queue;
  readonly deadLetters: Queue;
  readonly #zones: string[];

  /** The zones of a network in this stack. The library would look them up at synth. */
  override get availabilityZones(): string[] {
    return this.#zones;
  }

  constructor(scope: Construct, id: string, props: KafkaStackProps) {
    super(scope, id, props);
    const { settings, bundles } = props;
    this.#zones = brokerZones(settings);
    this.cluster =
      settings.kafkaClusterArn === "" ? new OwnCluster(this, "Kafka", settings) : existingCluster(settings);
    const owner = KAFKA_PUBLISHER;
    this.deadLetters = eventQueue(this, "DeadLetters", { owner, role: "dead-letters", settings });
    this.queue = eventQueue(this, "Source", {
      owner,
      role: "source",
      settings,
      deadLetters: this.deadLetters,
    });
    this.functions = eventFunctions(this, KAFKA_FUNCTIONS, (name) => ({
      ...deployedAs(settings, name),
      bundle: bundles[name],
      timeoutSeconds: settings.consumerTimeoutSeconds,
    }));
    const brokers = kafkaBrokers(this, this.cluster, settings, bundles["kafka-brokers"]);
    this.#publish(props, brokers);
    this.#consume(props);
    new CfnOutput(this, "ClusterArn", { value: this.cluster.arn });
    new CfnOutput(this, "Brokers", { value: brokers });
    new CfnOutput(this, "QueueUrl", { value: this.queue.queueUrl });
  }

  #publish({ data, settings }: KafkaStackProps, brokers: string): void {
    const { crashedBatches } = data;
    const publisher = this.functions[KAFKA_PUBLISHER].grant(
      grantNetwork(this.cluster.network),
      grantReadStream(data.orders, crashedBatches, settings),
      grantConsumeWithoutBackOff(this.queue, settings),
      grantProduce(this.cluster, kafkaNames(settings).topic, brokers),
      grantPark(data.failedMessages, settings),
    );
    const mappings = [
      mapStream(publisher, "Orders", { table: data.orders, crashedBatches }),
      mapQueue(publisher, "Source", {
        queue: this.queue,
        reading: { ...readingOf(settings), maxConcurrency: REDRIVE_CONCURRENCY },
      }),
    ];
    // An event read before the topics exist would be refused, and finally parked.
    for (const { node } of mappings) node.addDependency(...this.cluster.topics);
  }

  #consume({ data, settings }: KafkaStackProps): void {
    const { cluster } = this;
    const { topic, deadLetterTopic, group, deadLetterGroup } = kafkaNames(settings);
    const { kafkaMayBeLastAfterSeconds: mayBeLastAfterSeconds, maxAgeSeconds } = settings;
    const events = { topic, group, givingUp: { deadLetterTopic, mayBeLastAfterSeconds, maxAgeSeconds } };
    const deadLetters = { topic: deadLetterTopic, group: deadLetterGroup };
    const consumer = this.functions[KAFKA_CONSUMER].grant(
      grantDecideOrders(data.orders, data.stock),
      grantPark(data.failedMessages, settings),
      grantReadTopic(cluster, events),
    );
    mapTopic(consumer, "Topic", {
      cluster,
      read: events,
      settings,
      maximumPollers: settings.kafkaPollers,
      isProcessing: settings.processing.includes("kafka"),
    });
    const parker = this.functions["kafka-dead-letters"].grant(
      grantPark(data.failedMessages, settings),
      grantReadTopic(cluster, deadLetters),
    );
    mapTopic(parker, "Topic", {
      cluster,
      read: deadLetters,
      settings,
      maximumPollers: DEAD_LETTER_POLLERS,
    });
  }
}
