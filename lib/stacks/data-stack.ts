import { Duration, RemovalPolicy, Stack, type StackProps } from "aws-cdk-lib";
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
  type TableProps,
} from "aws-cdk-lib/aws-dynamodb";
import { BlockPublicAccess, Bucket, BucketEncryption } from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";
import { FAILED_BY_STATUS, FAILED_TTL_ATTRIBUTE, TABLE_KEYS } from "../../functions/contract/names.ts";
import type { Settings } from "../config.ts";
import { physicalName } from "../constructs/resource-names.ts";

/** Tables, and the bucket for stream batches that crashed the publisher. Stateful: it exports a fixed list. */
export class DataStack extends Stack {
  /** One row for each order; its stream is the outbox. */
  readonly orders: Table;
  readonly stock: Table;
  /** One row for each mail that was claimed or sent. */
  readonly notifications: Table;
  readonly failedMessages: Table;
  readonly crashedBatches: Bucket;

  constructor(scope: Construct, id: string, props: StackProps & { readonly settings: Settings }) {
    super(scope, id, props);
    const { settings } = props;
    const removalPolicy = settings.protectData
      ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
      : RemovalPolicy.DESTROY;
    const table = (tableId: string, name: string, key: string, extra: Partial<TableProps> = {}) =>
      new Table(this, tableId, {
        tableName: physicalName(settings.stage, name),
        partitionKey: { name: key, type: AttributeType.STRING },
        billingMode: BillingMode.PAY_PER_REQUEST,
        // Encrypted with a key of the service: no grants, and no cost for each request.
        encryption: TableEncryption.DEFAULT,
        pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
        deletionProtection: settings.protectData,
        removalPolicy,
        ...extra,
      });

    this.orders = table("Orders", "orders", TABLE_KEYS.orders, { stream: StreamViewType.NEW_AND_OLD_IMAGES });
    this.stock = table("Stock", "stock", TABLE_KEYS.stock);
    this.notifications = table("Notifications", "notifications", TABLE_KEYS.notifications);
    this.failedMessages = table("FailedMessages", "failed-messages", TABLE_KEYS.failedMessages, {
      timeToLiveAttribute: FAILED_TTL_ATTRIBUTE,
    });
    this.failedMessages.addGlobalSecondaryIndex({
      indexName: FAILED_BY_STATUS.indexName,
      partitionKey: { name: FAILED_BY_STATUS.partitionKey, type: AttributeType.STRING },
      sortKey: { name: FAILED_BY_STATUS.sortKey, type: AttributeType.STRING },
      projectionType: ProjectionType.ALL,
    });
    this.crashedBatches = new Bucket(this, "CrashedBatches", {
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      lifecycleRules: [
        { expiration: Duration.days(30), abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
      removalPolicy,
    });
    this.#exportFixedList();
  }

  /** Fixed, so that no change in another stack removes an export that is still imported. */
  #exportFixedList(): void {
    for (const table of [this.orders, this.stock, this.notifications, this.failedMessages]) {
      this.exportValue(table.tableArn);
      this.exportValue(table.tableName);
    }
    this.exportValue(this.orders.tableStreamArn);
    this.exportValue(this.crashedBatches.bucketArn);
    this.exportValue(this.crashedBatches.bucketName);
  }
}
