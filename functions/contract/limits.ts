import { MESSAGE_BYTES } from "../middleware/engine-names.ts";

/** Money is an integer of minor units (cents). */
export const LIMITS = {
  /** A transaction holds 100 actions: the order, its SKUs, and room for other orders of the batch. */
  distinctSkus: 90,
  quantity: 100_000,
  /** 90 lines of the largest quantity at this price stay below 2^53. */
  unitPrice: 1_000_000_000,
  onHand: 1_000_000_000,
  /**
   * Bytes of a request body; a larger one is refused with 413. An edited message is stored beside the body that failed:
   * together they fit into a row of 400 KB.
   */
  bodyBytes: 65_536,
  idempotencyKeyLength: 128,
  skuLength: 64,
  customerIdLength: 64,
  emailLength: 254,
  /** Retries from a dead-letter queue before a message is parked. */
  dlqRetries: 3,
  /** Actions in one TransactWriteItems. */
  transactionActions: 100,
  /** Bytes of one message in a queue. */
  messageBytes: MESSAGE_BYTES,
  /** Attributes of one message. */
  messageAttributes: 10,
  /** Entries in one PublishBatch, SendMessageBatch or ChangeMessageVisibilityBatch. */
  batchEntries: 10,
  /** Bytes of all entries of one PublishBatch together. */
  batchBytes: 262_144,
} as const;
