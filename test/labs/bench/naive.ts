import {
  ConditionalCheckFailedException,
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { eventOf, type Order } from "../../../functions/orders/domain/order.ts";
import { CREDENTIALS } from "../../../lib/emulator/credentials.ts";
import type { AwsEndpoints } from "../../../lib/emulator/types.ts";

export interface NaiveTables {
  readonly orders: string;
  readonly stock: string;
  /** Made by `prepare`. */
  readonly idempotency: string;
}

/**
 * The path of an order as usually written: the row and then its event, and each message behind an idempotency table with
 * one read, one transaction, one publish.
 */
export function naiveHandlers(endpoints: AwsEndpoints, tables: NaiveTables, topicArn: string) {
  const { region } = endpoints;
  const client = { region, credentials: CREDENTIALS };
  const dynamoDb = new DynamoDBClient({ ...client, endpoint: endpoints.dynamodb });
  const sns = new SNSClient({ ...client, endpoint: endpoints.sns });
  const ses = new SESv2Client({ ...client, endpoint: endpoints.ses });
  const keyOf = (orderId: string) => ({ TableName: tables.orders, Key: { orderId: { S: orderId } } });

  async function publish(order: Order): Promise<void> {
    const event = eventOf(order);
    const type = { DataType: "String", StringValue: event.type };
    await sns.send(
      new PublishCommand({
        TopicArn: topicArn,
        Message: JSON.stringify(event),
        MessageAttributes: { type },
      }),
    );
  }

  /** Runs the work unless the table has the key; writes the key before and after. */
  async function once(key: string, work: () => Promise<void>): Promise<void> {
    const TableName = tables.idempotency;
    const state = (S: string) => ({ id: { S: key }, state: { S } });
    const ConditionExpression = "attribute_not_exists(id)";
    try {
      await dynamoDb.send(new PutItemCommand({ TableName, Item: state("INPROGRESS"), ConditionExpression }));
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return;
      throw error;
    }
    await work();
    await dynamoDb.send(new PutItemCommand({ TableName, Item: state("COMPLETED") }));
  }

  async function decide(order: Order, status: "CONFIRMED" | "REJECTED"): Promise<void> {
    const onOrder = {
      ...keyOf(order.orderId),
      UpdateExpression: "SET #status = :to",
      ConditionExpression: "#status = :from",
      ExpressionAttributeNames: { "#status": "status" },
      ExpressionAttributeValues: { ":from": { S: "PENDING" }, ":to": { S: status } },
    };
    if (status === "REJECTED") {
      await dynamoDb.send(new UpdateItemCommand(onOrder));
      return;
    }
    const ofStock = order.lines.map(({ sku, quantity }) => ({
      Update: {
        TableName: tables.stock,
        Key: { sku: { S: sku } },
        UpdateExpression: "SET available = available - :units, held = held + :units",
        ConditionExpression: "available >= :units",
        ExpressionAttributeValues: { ":units": { N: String(quantity) } },
      },
    }));
    await dynamoDb.send(new TransactWriteItemsCommand({ TransactItems: [{ Update: onOrder }, ...ofStock] }));
  }

  return {
    /** Creates the idempotency table. */
    async prepare(): Promise<void> {
      await dynamoDb.send(
        new CreateTableCommand({
          TableName: tables.idempotency,
          BillingMode: "PAY_PER_REQUEST",
          AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
          KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
        }),
      );
    },

    async place(order: Order): Promise<void> {
      const { orderId, status } = order;
      const Item = {
        orderId: { S: orderId },
        status: { S: status },
        lines: { S: JSON.stringify(order.lines) },
      };
      await dynamoDb.send(
        new PutItemCommand({
          TableName: tables.orders,
          Item,
          ConditionExpression: "attribute_not_exists(orderId)",
        }),
      );
      await publish(order);
    },

    async reserve(order: Order): Promise<void> {
      await once(`reserve-${order.orderId}`, async () => {
        await dynamoDb.send(new GetItemCommand(keyOf(order.orderId)));
        const status = await decide(order, "CONFIRMED").then(
          () => "CONFIRMED" as const,
          (error) => {
            if (error instanceof TransactionCanceledException) return "REJECTED" as const;
            throw error;
          },
        );
        if (status === "REJECTED") await decide(order, status);
        await publish({ ...order, status, version: 2 });
      });
    },

    async notify(order: Order): Promise<void> {
      await once(`notify-${order.orderId}`, async () => {
        await dynamoDb.send(new GetItemCommand(keyOf(order.orderId)));
        const text = { Data: `About your order ${order.orderId}` };
        await ses.send(
          new SendEmailCommand({
            FromEmailAddress: "orders@example.com",
            Destination: { ToAddresses: [order.contact.email] },
            Content: { Simple: { Subject: text, Body: { Text: text } } },
          }),
        );
      });
    },

    close(): void {
      for (const each of [dynamoDb, sns, ses]) each.destroy();
    },
  };
}
