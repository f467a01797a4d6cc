import { CfnOutput, Stack, type StackProps } from "aws-cdk-lib";
import type { CfnEventSourceMapping } from "aws-cdk-lib/aws-lambda";
import type { Topic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import {
  type BrokerFunctionName,
  RABBITMQ,
  RABBITMQ_CONSUMER,
  RABBITMQ_EVENT_TYPES,
  RABBITMQ_FUNCTIONS,
  RABBITMQ_PUBLISHER,
  RABBITMQ_QUEUES,
  suspectQueue,
} from "../../functions/contract/broker-names.ts";
import { readingOf, type Settings } from "../config.ts";
import { existingBroker, OwnBroker, type RabbitAccess, rabbitNodes } from "../constructs/amazon-mq.ts";
import type { BrokerBundles } from "../constructs/bundle.ts";
import { deployedAs, type EventFunction, eventFunctions } from "../constructs/event-function.ts";
import { mapQueue } from "../constructs/event-source-mappings.ts";
import { grantPark } from "../constructs/grants/failure-grants.ts";
import { grantNetwork } from "../constructs/grants/network-grants.ts";
import { grantDecideOrders, grantReadOrders } from "../constructs/grants/order-grants.ts";
import { grantConsumeWithoutBackOff } from "../constructs/grants/queue-grants.ts";
import { grantConnect, grantReadQueues, grantRetryQueues } from "../constructs/grants/rabbitmq-grants.ts";
import { firstZones } from "../constructs/kafka-cluster.ts";
import { MessageQueue } from "../constructs/message-queue.ts";
import { mapBrokerQueue } from "../constructs/rabbitmq-event-source-mappings.ts";
import { releasedMappings } from "../constructs/rabbitmq-mappings-resource.ts";
import { appliedTopology } from "../constructs/rabbitmq-topology-resource.ts";
import { removalOf } from "../constructs/removal-policy.ts";
import { queueName } from "../constructs/resource-names.ts";
import { leastVisibilitySeconds } from "../settings/queue-rules.ts";
import type { DataStack } from "./data-stack.ts";

export interface RabbitStackProps extends StackProps {
  readonly settings: Settings;
  readonly data: DataStack;
  readonly topic: Topic;
  readonly bundles: BrokerBundles<"rabbitmq">;
}

/** The third backbone: the broker, its topology, and the functions that write and read it. */
export class RabbitStack extends Stack {
  readonly access: RabbitAccess;
  readonly functions: Readonly<
    Record<(typeof RABBITMQ_FUNCTIONS)[number] & BrokerFunctionName, EventFunction>
  >;
  /** The topic delivers here what is to be published to RabbitMQ; redriven events come this way as well. */
  readonly queue: MessageQueue;
  readonly #zones: string[];

  /** The zones of a network in this stack. The library would look them up at synth. */
  override get availabilityZones(): string[] {
    return this.#zones;
  }

  constructor(scope: Construct, id: string, props: RabbitStackProps) {
    super(scope, id, props);
    const { settings, bundles, topic } = props;
    this.#zones = firstZones(rabbitNodes(settings));
    this.access = this.#broker(settings, bundles["rabbitmq-topology"]);
    this.queue = new MessageQueue(this, "Queue", {
      queueName: queueName(settings, RABBITMQ_PUBLISHER, "source"),
      topic,
      types: RABBITMQ_EVENT_TYPES,
      maxReceiveCount: settings.maxReceiveCount,
      visibilitySeconds: leastVisibilitySeconds(readingOf(settings)),
      removalPolicy: removalOf(settings),
    });
    this.functions = eventFunctions(this, RABBITMQ_FUNCTIONS, (name) => ({
      ...deployedAs(settings, name),
      bundle: bundles[name],
      timeoutSeconds: settings.consumerTimeoutSeconds,
    }));
    this.#publish(props);
    this.#consume(props);
    new CfnOutput(this, "Url", { value: this.access.url });
    new CfnOutput(this, "QueueUrl", { value: this.queue.source.queueUrl });
  }

  #broker(settings: Settings, bundle: string): RabbitAccess {
    if (settings.rabbitmqBrokerArn !== "") return existingBroker(settings);
    const own = new OwnBroker(this, "RabbitMQ", settings);
    return {
      brokerArn: own.brokerArn,
      url: appliedTopology(this, own, settings, bundle),
      network: own.network,
      publisherSecretArn: own.publisher.secretArn,
      consumerSecretArn: own.consumer.secretArn,
    };
  }

  #publish({ data, settings }: RabbitStackProps): void {
    const { network, url, publisherSecretArn: secretArn } = this.access;
    const { source } = this.queue;
    const publisher = this.functions[RABBITMQ_PUBLISHER].grant(
      grantNetwork(network),
      grantConsumeWithoutBackOff(source, settings),
      grantConnect({ url, secretArn }),
      grantPark(data.failedMessages, settings),
    );
    mapQueue(publisher, "Source", {
      queue: source,
      reading: readingOf(settings),
    });
  }

  #consume({ data, settings, bundles }: RabbitStackProps): void {
    const { network, url, brokerArn, consumerSecretArn: secretArn } = this.access;
    const grants = [
      grantNetwork(network),
      grantReadQueues({ brokerArn, secretArn, maxAgeSeconds: settings.maxAgeSeconds }),
      grantConnect({ url, secretArn }),
      grantRetryQueues(settings.rabbitmqRetryDelaysSeconds),
      grantPark(data.failedMessages, settings),
    ];
    const consumer = this.functions[RABBITMQ_CONSUMER].grant(
      ...grants,
      grantDecideOrders(data.orders, data.stock),
    );
    const isProcessing = settings.processing.includes("rabbitmq");
    const mappings: CfnEventSourceMapping[] = [];
    const read = (to: EventFunction, queue: string, batchSize: number, reading = {}) => {
      const mapping = mapBrokerQueue(to, queue, {
        brokerArn,
        secretArn,
        queue,
        batchSize,
        settings,
        ...reading,
      });
      // The queue has to exist before its mapping.
      const topology = this.node.tryFindChild("Topology");
      if (topology !== undefined) mapping.node.addDependency(topology);
      mappings.push(mapping);
    };
    for (const queue of RABBITMQ_QUEUES) {
      read(consumer, queue, settings.rabbitmqBatchSize, { isProcessing });
      // One at a time: a message that crashes the function takes no other with it. On in any case: what is left there
      // after the last move does not expire.
      read(consumer, suspectQueue(queue), 1);
    }
    const parker = this.functions["rabbitmq-dead-letters"].grant(...grants, grantReadOrders(data.orders));
    read(parker, RABBITMQ.deadLetterQueue, settings.rabbitmqBatchSize);
    releasedMappings(this, mappings, [consumer.role, parker.role], {
      settings,
      bundle: bundles["rabbitmq-mappings"],
    });
  }
}
