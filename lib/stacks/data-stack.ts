import { Duration, Stack, type StackProps } from "aws-cdk-lib";
import {
  AttributeType,
  BillingMode,
  type ITable,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
  type TableProps,
} from "aws-cdk-lib/aws-dynamodb";
import { BlockPublicAccess, Bucket, BucketEncryption } from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";
import { CONSUMERS } from "../../functions/consumers/consumers.ts";
import type { ConsumerDeclaration, OwnTable } from "../../functions/consumers/define-consumer.ts";
import { FAILED_LISTING, FAILED_TTL_ATTRIBUTE } from "../../functions/contract/failures.ts";
import {
  EFFECTS_SORT_KEY,
  ORDERS_BY_CUSTOMER,
  TABLE_KEYS,
  TABLE_NAMES,
  UNFINISHED_ORDERS,
} from "../../functions/contract/names.ts";
import type { Settings } from "../config.ts";
import { removalOf } from "../constructs/removal-policy.ts";
import { tableNames } from "../constructs/resource-names.ts";
import { existingTables, ownTable } from "../settings/existing-tables.ts";

/** A table that one consumer alone writes. */
export interface ConsumerTable {
  readonly consumer: string;
  readonly name: string;
  readonly table: ITable;
}

/** Tables, and the bucket for stream batches that crashed the publisher. Stateful: it exports a fixed list. */
export class DataStack extends Stack {
  /** One row for each order; its stream is the outbox. */
  readonly orders: ITable;
  readonly stock: ITable;
  /** One row for each mail that was claimed or sent. */
  readonly notifications: ITable;
  readonly failedMessages: ITable;
  /** One row for each effect that a consumer had once: its mark. */
  readonly effects: ITable;
  readonly ownTables: readonly ConsumerTable[];
  readonly crashedBatches: Bucket;

  constructor(scope: Construct, id: string, props: StackProps & { readonly settings: Settings }) {
    super(scope, id, props);
    const { settings } = props;
    const removalPolicy = removalOf(settings);
    const names = tableNames(settings);
    const existing = existingTables(settings);
    const table = (tableId: string, of: string, key: string, extra: Partial<TableProps> = {}): ITable => {
      const tableName = names.get(of);
      if (tableName === undefined) throw new Error(`There is no table ${of}.`);
      if (existing.has(of))
        return Table.fromTableAttributes(this, tableId, {
          tableName,
          ...(of === TABLE_NAMES.orders && { tableStreamArn: settings.existingOrdersStream }),
        });
      return new Table(this, tableId, {
        tableName,
        partitionKey: { name: key, type: AttributeType.STRING },
        billingMode: BillingMode.PAY_PER_REQUEST,
        // Encrypted with a key of the service: no grants, and no cost for each request.
        encryption: TableEncryption.DEFAULT,
        pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
        deletionProtection: settings.protectData,
        removalPolicy,
        ...extra,
        // The library's types differ in how they write an absent stream.
      }) as ITable;
    };
    const shared = (tableId: string, of: keyof typeof TABLE_KEYS, extra: Partial<TableProps> = {}) =>
      table(tableId, TABLE_NAMES[of], TABLE_KEYS[of], extra);

    this.orders = shared("Orders", "orders", { stream: StreamViewType.NEW_AND_OLD_IMAGES });
    // Only unfinished orders are in it: two write units each time, for the entry and its removal.
    if (this.orders instanceof Table)
      this.orders.addGlobalSecondaryIndex({
        indexName: UNFINISHED_ORDERS.indexName,
        partitionKey: { name: UNFINISHED_ORDERS.partitionKey, type: AttributeType.STRING },
        sortKey: { name: UNFINISHED_ORDERS.sortKey, type: AttributeType.STRING },
        projectionType: ProjectionType.INCLUDE,
        nonKeyAttributes: [UNFINISHED_ORDERS.waits],
      });
    // One write unit an order: its keys never change.
    if (this.orders instanceof Table && settings.ordersByCustomer)
      this.orders.addGlobalSecondaryIndex({
        indexName: ORDERS_BY_CUSTOMER.indexName,
        partitionKey: { name: ORDERS_BY_CUSTOMER.partitionKey, type: AttributeType.STRING },
        sortKey: { name: ORDERS_BY_CUSTOMER.sortKey, type: AttributeType.STRING },
        projectionType: ProjectionType.KEYS_ONLY,
      });
    this.stock = shared("Stock", "stock");
    this.notifications = shared("Notifications", "notifications");
    this.failedMessages = shared("FailedMessages", "failedMessages", {
      timeToLiveAttribute: FAILED_TTL_ATTRIBUTE,
    });
    if (this.failedMessages instanceof Table)
      this.failedMessages.addGlobalSecondaryIndex({
        indexName: FAILED_LISTING.indexName,
        partitionKey: { name: FAILED_LISTING.partitionKey, type: AttributeType.STRING },
        sortKey: { name: FAILED_LISTING.sortKey, type: AttributeType.STRING },
        projectionType: ProjectionType.INCLUDE,
        nonKeyAttributes: [...FAILED_LISTING.projected],
      });
    this.effects = shared("Effects", "effects", {
      sortKey: { name: EFFECTS_SORT_KEY, type: AttributeType.STRING },
    });
    this.ownTables = CONSUMERS.flatMap(({ name: consumer, tables = [] }: ConsumerDeclaration) =>
      tables.map((own) => ({
        consumer,
        name: own.name,
        table: table(`${consumer}-${own.name}`, ownTable(consumer, own.name), own.partitionKey, extraOf(own)),
      })),
    );
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

  ownTable(consumer: string, name: string): ITable {
    const found = this.ownTables.find((each) => each.consumer === consumer && each.name === name);
    if (!found) throw new Error(`${consumer} has no table ${name}.`);
    return found.table;
  }

  /** Fixed, so that no change in another stack removes an export that is still imported. */
  #exportFixedList(): void {
    const own = this.ownTables.map(({ table }) => table);
    const shared = [this.orders, this.stock, this.notifications, this.failedMessages, this.effects];
    for (const table of [...shared, ...own]) {
      // An existing table is known by its name: there is nothing to export.
      if (!(table instanceof Table)) continue;
      this.exportValue(table.tableArn);
      this.exportValue(table.tableName);
    }
    if (this.orders instanceof Table) this.exportValue(this.orders.tableStreamArn);
    this.exportValue(this.crashedBatches.bucketArn);
    this.exportValue(this.crashedBatches.bucketName);
  }
}

function extraOf({ sortKey, ttl }: OwnTable): Partial<TableProps> {
  return {
    ...(sortKey !== undefined && { sortKey: { name: sortKey, type: AttributeType.STRING } }),
    ...(ttl !== undefined && { timeToLiveAttribute: ttl }),
  };
}
