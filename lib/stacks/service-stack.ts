import { CfnOutput, Duration, Stack, type StackProps } from "aws-cdk-lib";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as FunctionTarget } from "aws-cdk-lib/aws-events-targets";
import type { Construct } from "constructs";
import { declarationOf, type FunctionName, isQueueConsumer } from "../../functions/consumers/consumers.ts";
import type { Access } from "../../functions/consumers/define-consumer.ts";
import { API, API_FUNCTIONS, type ApiAccess, isApiFunction } from "../../functions/contract/api.ts";
import { MAIL_FEEDBACK, ownTableVariable } from "../../functions/contract/names.ts";
import { ROLES } from "../../functions/contract/roles.ts";
import { chosenSettings, readingOf, type Settings } from "../config.ts";
import { type BrokerQueues, brokerQueues } from "../constructs/broker-queues.ts";
import type { Bundles } from "../constructs/bundle.ts";
import { type ConsumerGrant, grantParkInQueue } from "../constructs/consumer-function.ts";
import { type DeployedFunctions, deployedAs, eventFunctions } from "../constructs/event-function.ts";
import { mapQueue, mapStream } from "../constructs/event-source-mappings.ts";
import { grantAdmissionByMetric, grantAdmissionByQueue } from "../constructs/grants/admission-grants.ts";
import { grantMarkEffects, grantReadMarks } from "../constructs/grants/effect-grants.ts";
import { grantManageFailures, grantPark } from "../constructs/grants/failure-grants.ts";
import {
  grantClaimNotifications,
  grantDecideMails,
  grantPostpone,
  grantReadNotifications,
  grantSendMail,
  grantStoreFeedback,
  grantUnsuppressAddresses,
} from "../constructs/grants/mail-grants.ts";
import {
  grantCountStock,
  grantDecideOrders,
  grantFindOrders,
  grantMoveOrders,
  grantPlaceOrders,
  grantReadOrders,
  grantReadOrdersInBatches,
  grantScanOrders,
  grantWatchOrders,
} from "../constructs/grants/order-grants.ts";
import { grantPauseConsumers } from "../constructs/grants/pause-grants.ts";
import {
  grantDescribeTopic,
  grantImportCrashedBatches,
  grantPublish,
  grantReadStream,
} from "../constructs/grants/publishing-grants.ts";
import {
  grantConsume,
  grantRedrive,
  grantRetryDeadLetters,
  grantSendToConsumers,
} from "../constructs/grants/queue-grants.ts";
import { grantOwnTable } from "../constructs/grants/table-grants.ts";
import { OrderApi } from "../constructs/order-api.ts";
import { pausableConsumers } from "../constructs/pausable-consumers.ts";
import { policyId, rolePolicy } from "../constructs/policies.ts";
import { mailConfigurationSet } from "../constructs/resource-names.ts";
import { sourceDigest } from "../constructs/source-digest.ts";
import type { DeadLetterQueue } from "../constructs/source-queue.ts";
import { deployedFunctions } from "../settings/deployed-consumers.ts";
import type { DataStack } from "./data-stack.ts";
import type { MessagingStack } from "./messaging-stack.ts";

export interface ServiceStackProps extends StackProps {
  readonly settings: Settings;
  readonly data: DataStack;
  readonly messaging: MessagingStack;
  readonly bundles: Bundles;
}

/** Well below the 29 seconds after which the gateway answers 504. */
export const API_TIMEOUT_SECONDS = 10;
/** It runs each minute, and must end before its next run. */
const MAINTENANCE_TIMEOUT_SECONDS = 55;
/** AWS's minimum. Dead letters are few, and their retries must not crowd out live traffic. */
const DEAD_LETTER_CONCURRENCY = 2;

/** The API, the functions and their event source mappings. Stateless. */
export class ServiceStack extends Stack {
  readonly functions: DeployedFunctions;
  readonly api: OrderApi;
  readonly #brokers: BrokerQueues;

  constructor(scope: Construct, id: string, props: ServiceStackProps) {
    super(scope, id, props);
    const { settings, bundles } = props;
    this.#brokers = brokerQueues(this, settings);
    this.functions = eventFunctions(this, deployedFunctions(settings), (name) => ({
      ...deployedAs(settings, name),
      bundle: bundles[name],
      timeoutSeconds: timeoutOf(name, settings),
      ...(isApiFunction(name) &&
        settings.apiReservedConcurrency > 0 && { reservedConcurrency: settings.apiReservedConcurrency }),
    }));
    this.#serveApi(props);
    this.#publish(props);
    this.#maintain(props);
    this.#consume(props);
    this.#retryDeadLetters(props);
    this.#receiveMailFeedback(props);
    this.api = new OrderApi(this, "OrderApi", { settings, functions: this.functions });
    this.#output(props, this.#policyArns(props));
  }

  #serveApi(props: ServiceStackProps): void {
    const { data, messaging, settings } = props;
    const grants: Readonly<Record<ApiAccess, readonly ConsumerGrant[]>> = {
      "place-orders": [
        grantPlaceOrders(data.orders),
        settings.processing.includes("queues")
          ? grantAdmissionByQueue(messaging.queue("order-created").source, settings)
          : grantAdmissionByMetric(settings),
      ],
      "move-orders": [grantMoveOrders(data.orders)],
      "read-orders": [grantReadOrders(data.orders)],
      stock: [grantCountStock(data.stock)],
      "failed-messages": [...this.#act(props), grantDescribeTopic(messaging.topic)],
      jobs: [...this.#act(props), grantScanOrders(data.orders), grantDescribeTopic(messaging.topic)],
      "find-orders": [grantFindOrders(data.orders, settings)],
      "replay-events": [
        grantReadOrders(data.orders),
        grantReadNotifications(data.notifications),
        grantReadMarks(data.effects),
        grantSendToConsumers(messaging.queues),
      ],
      "unsuppress-addresses": [grantUnsuppressAddresses(data.notifications)],
      "pause-consumers": [grantPauseConsumers(data.failedMessages, pausableConsumers(settings))],
    };
    for (const name of API_FUNCTIONS)
      this.functions[name].grant(...API[name].access.flatMap((access) => grants[access]));
  }

  /** The grants of operators' acts on failed messages. */
  #act({ data, messaging, settings }: ServiceStackProps): readonly ConsumerGrant[] {
    return [
      grantManageFailures(data.failedMessages, settings),
      grantReadOrders(data.orders),
      grantReadNotifications(data.notifications),
      grantDecideMails(data.notifications),
      grantReadMarks(data.effects),
      grantPublish(messaging.topic),
      grantRedrive([...messaging.queues, ...this.#brokers.sources]),
    ];
  }

  #publish({ data, messaging, settings }: ServiceStackProps): void {
    const { crashedBatches } = data;
    const publisher = this.functions["publish-events"].grant(
      grantReadStream(data.orders, crashedBatches, settings),
      grantPublish(messaging.topic),
      grantPark(data.failedMessages, settings),
    );
    mapStream(publisher, "Orders", { table: data.orders, crashedBatches });
  }

  #maintain(props: ServiceStackProps): void {
    const { data, settings } = props;
    const maintenance = this.functions.maintenance.grant(
      ...this.#act(props),
      grantScanOrders(data.orders),
      grantImportCrashedBatches(data.crashedBatches),
      grantPauseConsumers(data.failedMessages, pausableConsumers(settings)),
      grantWatchOrders(data.orders, settings.maxPendingSeconds),
    );
    new Rule(this, "EachMinute", {
      description:
        "Applies pauses again, publishes parked events and the events of unfinished orders, opens overdue rows, imports crashed batches, continues jobs",
      schedule: Schedule.rate(Duration.minutes(1)),
      // The next minute is the retry: Lambda's own would run beside it.
      targets: [new FunctionTarget(maintenance.function, { retryAttempts: 0 })],
    });
  }

  #consume({ data, messaging, settings }: ServiceStackProps): void {
    const grants = accessGrants(data, settings);
    for (const { consumer, source } of messaging.queues) {
      const declared = declarationOf(consumer);
      const reader = this.functions[consumer];
      if (reader === undefined) throw new Error(`There is no function ${consumer}.`);
      reader.grant(
        ...declared.access.map((name) => grants[name]),
        ...(declared.tables ?? []).map(({ name }) =>
          grantOwnTable(data.ownTable(consumer, name), ownTableVariable(name)),
        ),
        grantConsume(source, settings),
        ...(declared.access.includes("mail") && settings.mailSender !== "" ? [grantPostpone(source)] : []),
        grantPark(data.failedMessages, settings),
      );
      mapQueue(reader, "Source", {
        queue: source,
        reading: readingOf(settings, declared),
      });
    }
  }

  #retryDeadLetters({ data, messaging, settings }: ServiceStackProps): void {
    const sources: DeadLetterQueue[] = messaging.queues.flatMap(
      ({ consumer, source, deadLetters, undelivered }) => [
        { deadLetters, consumer, source },
        { deadLetters: undelivered, consumer, source },
      ],
    );
    sources.push(...this.#brokers.deadLetters);
    const reader = this.functions["dead-letters"].grant(
      grantRetryDeadLetters(sources, settings),
      grantPark(data.failedMessages, settings),
    );
    for (const { deadLetters, consumer } of sources) {
      mapQueue(reader, `${consumer}-${deadLetters.node.id}`, {
        queue: deadLetters,
        reading: { ...readingOf(settings), maxConcurrency: DEAD_LETTER_CONCURRENCY },
      });
    }
  }

  #receiveMailFeedback({ data, messaging, settings }: ServiceStackProps): void {
    const { mailFeedback: queues } = messaging;
    const reader = this.functions[MAIL_FEEDBACK];
    if (queues === undefined || reader === undefined) return;
    reader.grant(
      grantConsume(queues.source, settings),
      grantParkInQueue(queues),
      grantStoreFeedback(data.notifications),
    );
    mapQueue(reader, "Source", { queue: queues.source, reading: readingOf(settings) });
  }

  /** The policy of each role; its ARN by the name of its output. */
  #policyArns({ messaging, settings }: ServiceStackProps): Readonly<Record<string, string>> {
    return Object.fromEntries(
      ROLES.map((role) => {
        const { managedPolicyArn } = rolePolicy(this, role, settings, this.api, messaging.queues);
        return [`${policyId(role)}Arn`, managedPolicyArn];
      }),
    );
  }

  #output(
    { data, messaging, settings }: ServiceStackProps,
    policyArns: Readonly<Record<string, string>>,
  ): void {
    const outputs: Record<string, string> = {
      ApiAddress: this.api.api.url,
      Region: this.region,
      SourceDigest: sourceDigest(),
      // The next deployment begins with these.
      Settings: JSON.stringify(chosenSettings(settings)),
      ...policyArns,
      TopicArn: messaging.topic.topicArn,
      OrdersTable: data.orders.tableName,
      StockTable: data.stock.tableName,
      NotificationsTable: data.notifications.tableName,
      FailedMessagesTable: data.failedMessages.tableName,
      EffectsTable: data.effects.tableName,
    };
    for (const { consumer, source } of [...messaging.queues, ...this.#brokers.sources])
      outputs[`QueueUrl-${consumer}`] = source.queueUrl;
    for (const { consumer, name, table } of data.ownTables)
      outputs[`Table-${consumer}-${name}`] = table.tableName;
    for (const [name, value] of Object.entries(outputs))
      new CfnOutput(this, name.replaceAll("-", ""), { value });
  }
}

/** What each access of a declaration permits. */
function accessGrants(data: DataStack, settings: Settings): Readonly<Record<Access, ConsumerGrant>> {
  return {
    "orders-and-stock": grantDecideOrders(data.orders, data.stock),
    orders: grantReadOrdersInBatches(data.orders),
    notifications: grantClaimNotifications(data.notifications),
    mail: grantSendMail(settings.mailSender, mailConfigurationSet(settings), settings),
    "effect-once": grantMarkEffects(data.effects),
  };
}

function timeoutOf(name: FunctionName, settings: Settings): number {
  if (isQueueConsumer(name)) return readingOf(settings, declarationOf(name)).timeoutSeconds;
  if (isApiFunction(name)) return API_TIMEOUT_SECONDS;
  switch (name) {
    case "maintenance":
      return MAINTENANCE_TIMEOUT_SECONDS;
    case "publish-events":
    case "dead-letters":
    case "mail-feedback":
      return settings.consumerTimeoutSeconds;
    default:
      return name satisfies never;
  }
}
