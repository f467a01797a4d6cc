import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { StockView } from "../../../functions/contract/schemas.ts";
import type { FailedMessage } from "../../../functions/failures/domain/failed-message.ts";
import type { Order } from "../../../functions/orders/domain/order.ts";
import { physicalName } from "../../../lib/constructs/resource-names.ts";
import { CREDENTIALS } from "../../../lib/emulator/credentials.ts";
import type { Emulator } from "../../../lib/emulator/start-emulator.ts";

/** A claim on one mail. */
export interface Claim {
  readonly eventId: string;
  /** SKIPPED: never claimed. */
  readonly state: "SENDING" | "SENT" | "SKIPPED";
}

/** All rows of the tables. */
export interface Tables {
  orders(): Promise<readonly Order[]>;
  stock(): Promise<readonly StockView[]>;
  notifications(): Promise<readonly Claim[]>;
  failedMessages(): Promise<readonly FailedMessage[]>;
  close(): void;
}

export function openTables({ endpoints: { dynamodb, region } }: Emulator): Tables {
  const client = new DynamoDBClient({
    endpoint: dynamodb,
    region,
    credentials: CREDENTIALS,
    maxAttempts: 10,
  });

  async function rowsOf<Row>(table: string): Promise<Row[]> {
    const rows: Row[] = [];
    let after: Parameters<typeof unmarshall>[0] | undefined;
    do {
      const page = await client.send(
        new ScanCommand({
          TableName: physicalName("local", table),
          ConsistentRead: true,
          ...(after === undefined ? {} : { ExclusiveStartKey: after as Record<string, never> }),
        }),
      );
      for (const item of page.Items ?? []) rows.push(unmarshall(item) as Row);
      after = page.LastEvaluatedKey;
    } while (after !== undefined);
    return rows;
  }

  return {
    orders: () => rowsOf("orders"),
    stock: () => rowsOf("stock"),
    notifications: () => rowsOf("notifications"),
    failedMessages: () => rowsOf("failed-messages"),
    close: () => client.destroy(),
  };
}
