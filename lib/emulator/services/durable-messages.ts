import type { DatabaseSync } from "node:sqlite";
import type { buildApp } from "fauxqs";
import type { PersistenceManager } from "../../../node_modules/fauxqs/dist/persistence.d.ts";
import type { SqsStore } from "../../../node_modules/fauxqs/dist/sqs/sqsStore.d.ts";
import { messagingCall } from "../calls/messaging-call.ts";
import { refusalResponse } from "../calls/refusal-response.ts";
import { elapsed } from "../elapsed.ts";

/** Private members of PersistenceManager. */
interface Internals {
  readonly db: DatabaseSync;
  transaction(write: () => void): void;
}

const WRITES = ["insertMessage", "deleteMessage", "updateMessageInflight", "updateMessageReady"] as const;

/** Milliseconds between two retries of a database that could not be written. */
const RETRY_MS = 500;

/** A write failed. SQS and SNS have this error for an unavailable service, and SDKs retry the request. */
class StorageError extends Error {
  override readonly name = "ServiceUnavailable";
  readonly statusCode = 503;
}

/**
 * Makes the persistence of fauxqs survive `kill -9` and a full disk.
 *
 * fauxqs writes each message on its own: a process killed between the delete from a queue and the insert into its
 * dead-letter queue loses the message, and a fan-out can stop half-way. Here all writes of one request are one SQLite
 * transaction, committed before the response. A batch of ten then needs one commit only.
 *
 * A failed write rolls back everything uncommitted, of any request. From then on every request is refused until the
 * messages in memory, which include all accepted ones, could be written as a whole. `onWritable` is called with false
 * and then with true.
 */
export function groupCommits(
  persistence: PersistenceManager,
  app: ReturnType<typeof buildApp>,
  queues: SqsStore,
  onWritable: (isWritable: boolean) => void = () => {},
): void {
  const { db } = internals(persistence);
  // Survives the end of the process. Only a power failure could lose the last commits, and only whole ones.
  db.exec("PRAGMA synchronous = NORMAL");
  keepReceiveCount(persistence, db);
  let failure: StorageError | undefined;
  let triedAt = 0;

  const fail = (cause: unknown) => {
    rollback(db);
    if (failure === undefined) onWritable(false);
    failure = new StorageError(`The messages cannot be stored: ${String(cause)}`, { cause });
    triedAt = elapsed.now();
  };
  const commit = () => {
    if (!db.isOpen || !db.isTransaction) return;
    try {
      db.exec("COMMIT");
    } catch (cause) {
      fail(cause);
    }
  };
  const writes = Object.fromEntries(
    WRITES.map((name) => [name, persistence[name].bind(persistence) as (...args: unknown[]) => void]),
  );
  for (const [name, write] of Object.entries(writes)) {
    Object.assign(persistence, {
      [name]: (...args: unknown[]) => {
        // Timers of fauxqs write as well, and an error would end the process.
        if (failure !== undefined) return;
        try {
          if (!db.isTransaction) {
            db.exec("BEGIN IMMEDIATE");
            // For writes without a waiting request.
            setImmediate(commit);
          }
          write(...args);
        } catch (cause) {
          fail(cause);
        }
      },
    });
  }
  const transaction = internals(persistence).transaction.bind(persistence);
  const close = persistence.close.bind(persistence);
  const restore = () => {
    if (failure === undefined || elapsed.now() - triedAt < RETRY_MS) return;
    try {
      transaction(() => {
        db.exec("DELETE FROM sqs_messages");
        for (const queue of queues.allQueues()) writeQueue(queue, writes);
      });
      failure = undefined;
      onWritable(true);
    } catch (cause) {
      fail(cause);
    }
  };
  Object.assign(persistence, {
    transaction: (write: () => void) => {
      commit();
      if (failure !== undefined) throw failure;
      transaction(write);
    },
    close: () => {
      commit();
      triedAt = Number.NEGATIVE_INFINITY;
      restore();
      close();
    },
  });
  app.setErrorHandler((error, request, reply) => {
    // Any other error has the response of fastify.
    if (!(error instanceof StorageError)) throw error;
    const service = messagingCall(request.raw, reply.raw, request.body)?.service ?? "sqs";
    const { message, statusCode: status, name: code } = error;
    const { headers, body } = refusalResponse(service, { status, code, message });
    return reply.code(status).headers(headers).send(body);
  });
  app.addHook("onRequest", (_request, _reply, done) => {
    restore();
    done(failure);
  });
  app.addHook("onSend", (_request, reply, payload, done) => {
    commit();
    if (failure !== undefined && reply.statusCode < 500) done(failure);
    else done(null, payload);
  });
}

type Queue = ReturnType<SqsStore["allQueues"]> extends Iterable<infer Each> ? Each : never;

function writeQueue(queue: Queue, writes: Readonly<Record<string, (...args: unknown[]) => void>>): void {
  const { inflightMessages, messages, delayedMessages, fifoMessages, fifoDelayed } = queue;
  const waiting = [messages, delayedMessages, ...fifoMessages.values(), ...fifoDelayed.values()].flat();
  for (const message of waiting) writes["insertMessage"]?.(queue.name, message);
  for (const { message, receiptHandle, visibilityDeadline } of inflightMessages.values()) {
    const { messageId, approximateReceiveCount, approximateFirstReceiveTimestamp } = message;
    writes["insertMessage"]?.(queue.name, message);
    writes["updateMessageInflight"]?.(
      messageId,
      receiptHandle,
      visibilityDeadline,
      approximateReceiveCount,
      approximateFirstReceiveTimestamp,
    );
  }
}

/** SQLite rolls back by itself after some errors. */
function rollback(db: DatabaseSync): void {
  try {
    if (db.isOpen && db.isTransaction) db.exec("ROLLBACK");
  } catch {
    // There is nothing to roll back.
  }
}

/** fauxqs 2.4 clears the receive count of a message made visible at once, which its own schema refuses. */
function keepReceiveCount(persistence: PersistenceManager, db: DatabaseSync): void {
  const ready = db.prepare(
    "UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE message_id = ?",
  );
  Object.assign(persistence, { updateMessageReady: (messageId: string) => void ready.run(messageId) });
}

const internals = (persistence: PersistenceManager) => persistence as unknown as Internals;
