import { Duration, RemovalPolicy, Stack } from "aws-cdk-lib";
import type { Table } from "aws-cdk-lib/aws-dynamodb";
import { Effect, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from "aws-cdk-lib/aws-lambda";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import type { Topic } from "aws-cdk-lib/aws-sns";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import {
  ENV,
  FAILED_BY_STATUS,
  type FunctionName,
  KAFKA,
  type KafkaFunctionName,
} from "../../functions/contract/names.ts";
import type { Settings } from "../config.ts";
import { physicalName, serviceDimension } from "../names.ts";
import type { DeadLetterSource, SourceQueue } from "./source-queue.ts";

export interface EventFunctionProps {
  readonly name: FunctionName | KafkaFunctionName | "kafka-brokers";
  readonly settings: Settings;
  /** Folder with `index.mjs`, which exports `handler`. */
  readonly bundle: string;
  readonly timeoutSeconds: number;
}

/**
 * A function of its own bundle and role. Each method grants a right and sets the variable
 * that makes use of it, so that neither can be there without the other.
 */
export class EventFunction extends Construct {
  readonly function: LambdaFunction;
  readonly role: Role;
  protected readonly settings: Settings;

  constructor(scope: Construct, props: EventFunctionProps) {
    super(scope, props.name);
    const { settings } = props;
    this.settings = settings;
    const functionName = physicalName(settings.stage, props.name);
    const logGroup = new LogGroup(this, "Logs", {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: settings.logRetentionDays as RetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new Role(this, "Role", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
    this.allow(["logs:CreateLogStream", "logs:PutLogEvents"], logGroup.logGroupArn);
    this.function = new LambdaFunction(this, "Function", {
      functionName,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(props.bundle),
      handler: "index.handler",
      role: this.role,
      logGroup,
      loggingFormat: LoggingFormat.TEXT,
      // CPU comes with memory: the start of a function is work of the CPU, and its price is about the same.
      memorySize: 1024,
      timeout: Duration.seconds(props.timeoutSeconds),
      environment: { [ENV.service]: serviceDimension(settings.stage) },
    });
  }

  /** Places orders: one conditional write, and a read of what was there. */
  placesOrders(orders: Table): this {
    return this.#reaches(orders, ENV.ordersTable, "PutItem", "GetItem");
  }

  /** Cancels orders: one conditional update, which answers the row. */
  cancelsOrders(orders: Table): this {
    return this.#reaches(orders, ENV.ordersTable, "UpdateItem");
  }

  /** `Scan` finds orders by what they are. */
  readsOrders(orders: Table, ...also: readonly "Scan"[]): this {
    return this.#reaches(orders, ENV.ordersTable, "GetItem", ...also);
  }

  /** Reads the orders of a whole batch in one call. */
  readsOrdersInBatches(orders: Table): this {
    return this.#reaches(orders, ENV.ordersTable, "BatchGetItem");
  }

  /** Changes orders and stock in one transaction, which needs the right of the updates that it holds. */
  settlesOrders(orders: Table, stock: Table): this {
    return this.#reaches(orders, ENV.ordersTable, "UpdateItem").#reaches(stock, ENV.stockTable, "UpdateItem");
  }

  countsStock(stock: Table): this {
    return this.#reaches(stock, ENV.stockTable, "UpdateItem", "GetItem");
  }

  /** Claims a mail before it is sent, marks it sent, or takes the claim back; looks for one that was left. */
  claimsNotifications(notifications: Table): this {
    return this.#reaches(
      notifications,
      ENV.notificationsTable,
      "GetItem",
      "PutItem",
      "UpdateItem",
      "DeleteItem",
    );
  }

  readsNotifications(notifications: Table, ...also: readonly ("UpdateItem" | "DeleteItem")[]): this {
    return this.#reaches(notifications, ENV.notificationsTable, "GetItem", ...also);
  }

  /** Writes rows of the failed-message store. */
  parksFailures(failedMessages: Table): this {
    return this.#reaches(failedMessages, ENV.failedMessagesTable, "GetItem", "PutItem").sets(
      ENV.returnWithinSeconds,
      this.settings.returnWithinSeconds,
    );
  }

  readsFailures(failedMessages: Table): this {
    return this.#reaches(failedMessages, ENV.failedMessagesTable, "GetItem");
  }

  /** Finds rows of the failed-message store by status and due time. */
  listsFailures(failedMessages: Table): this {
    const index = `${failedMessages.tableArn}/index/${FAILED_BY_STATUS.indexName}`;
    return this.readsFailures(failedMessages).allow(["dynamodb:Query"], index);
  }

  /** PublishBatch is authorised by the same action as Publish. */
  publishesTo(topic: Topic): this {
    return this.allow(["sns:Publish"], topic.topicArn).sets(ENV.topicArn, topic.topicArn);
  }

  /** Refuses new work when this queue is too long. */
  admitsBy(queue: IQueue): this {
    return this.allow(["sqs:GetQueueAttributes"], queue.queueArn)
      .sets(ENV.backlogQueueUrl, queue.queueUrl)
      .sets(ENV.backlogLimit, this.settings.backlogLimit);
  }

  /** The same by the records that Kafka's consumer has not read yet. CloudWatch knows no resources for its numbers. */
  admitsByLag(cluster: string): this {
    const backlog = { cluster, topic: KAFKA.topic, group: KAFKA.consumerGroup };
    return this.allow(["cloudwatch:GetMetricData"], "*")
      .sets(ENV.backlogKafka, JSON.stringify(backlog))
      .sets(ENV.backlogLimit, this.settings.backlogLimit);
  }

  /** Reads a queue by a mapping, and sets the visibility of messages that have to wait. */
  consumes(queue: IQueue): this {
    return this.receivesFrom(queue)
      .allow(["sqs:ChangeMessageVisibility"], queue.queueArn)
      .sets(ENV.queueUrl, queue.queueUrl)
      .sets(ENV.maxReceiveCount, this.settings.maxReceiveCount)
      .sets(ENV.maxAgeSeconds, this.settings.maxAgeSeconds);
  }

  /** Reads the stream of a table by a mapping, whose lost batches go to the bucket. */
  followsStream(table: Table, crashedBatches: Bucket): this {
    const streamArn = table.tableStreamArn;
    if (streamArn === undefined) throw new Error(`${table.node.path} has no stream.`);
    const reads = ["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"];
    return this.allow(dynamodb(reads), streamArn)
      .allow(["s3:PutObject"], crashedBatches.arnForObjects("*"))
      .allow(["s3:ListBucket"], crashedBatches.bucketArn)
      .sets(ENV.giveUpAfterSeconds, this.settings.giveUpAfterSeconds);
  }

  importsCrashedBatches(bucket: Bucket): this {
    return this.allow(["s3:GetObject", "s3:DeleteObject"], bucket.arnForObjects("*"))
      .allow(["s3:ListBucket"], bucket.bucketArn)
      .sets(ENV.crashedBatchesBucket, bucket.bucketName);
  }

  /** Reads dead-letter queues by mappings, and sends their messages to their sources again. */
  redrives(sources: readonly DeadLetterSource[]): this {
    for (const { deadLetters } of sources) this.receivesFrom(deadLetters);
    const targets = new Set(sources.map(({ source }) => source));
    for (const source of targets) this.allow(["sqs:SendMessage"], source.queueArn);
    const described = sources.map(({ deadLetters, consumer, source }) => ({
      arn: deadLetters.queueArn,
      consumer,
      queueUrl: source.queueUrl,
    }));
    return this.sets(ENV.deadLetterSources, Stack.of(this).toJsonString(described)).sets(
      ENV.redriveDelaysSeconds,
      this.settings.redriveDelaysSeconds.join(","),
    );
  }

  /** Sends messages to their source queues again when an operator says so; the length shows that a queue is there. */
  sendsAgain(queues: readonly SourceQueue[]): this {
    // Two consumers may be behind one queue.
    for (const arn of new Set(queues.map(({ source }) => source.queueArn)))
      this.allow(["sqs:SendMessage", "sqs:GetQueueAttributes"], arn);
    const urls = Object.fromEntries(queues.map(({ consumer, source }) => [consumer, source.queueUrl]));
    return this.sets(ENV.sourceQueues, Stack.of(this).toJsonString(urls));
  }

  /** Sends mails from the configured address, which SES knows by itself or by its domain. Empty: no right at all. */
  sendsMail(): this {
    const sender = this.settings.mailSender;
    this.sets(ENV.mailSender, sender);
    if (sender === "") return this;
    const identity = (resourceName: string) =>
      Stack.of(this).formatArn({ service: "ses", resource: "identity", resourceName });
    return this.allow(["ses:SendEmail"], ...identitiesOf(sender).map(identity));
  }

  protected receivesFrom(queue: IQueue): this {
    return this.allow(["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], queue.queueArn);
  }

  #reaches(table: Table, variable: string, ...actions: readonly string[]): this {
    return this.allow(dynamodb(actions), table.tableArn).sets(variable, table.tableName);
  }

  protected sets(variable: string, value: string | number): this {
    this.function.addEnvironment(variable, String(value));
    return this;
  }

  protected allow(actions: readonly string[], ...resources: readonly string[]): this {
    this.role.addToPrincipalPolicy(
      new PolicyStatement({ effect: Effect.ALLOW, actions: [...actions], resources: [...resources] }),
    );
    return this;
  }
}

function dynamodb(operations: readonly string[]): readonly string[] {
  return operations.map((operation) => `dynamodb:${operation}`);
}

/** What SES may know a sender by: its address, its domain, or a domain above that. */
function identitiesOf(sender: string): readonly string[] {
  const labels = sender.slice(sender.indexOf("@") + 1).split(".");
  const domains = labels.slice(0, -1).map((_, above) => labels.slice(above).join("."));
  return [sender, ...domains];
}
