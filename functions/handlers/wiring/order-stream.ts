import { imageText } from "../../adapters/order-row.ts";
import type { Transport } from "../../middleware/transport.ts";
import { dynamoDbStream, type StreamRecord } from "../../middleware/transports/dynamodb-stream.ts";

/** The stream of the orders table. A row that cannot be published is parked without the address of its customer. */
export function orderStream(): Transport<StreamRecord> {
  return { ...dynamoDbStream(), body: ({ dynamodb }) => imageText(dynamodb.NewImage ?? dynamodb.Keys) };
}
