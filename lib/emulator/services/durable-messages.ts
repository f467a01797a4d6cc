import type { DatabaseSync } from "node:sqlite";
import type { buildApp } from "fauxqs";
import type { PersistenceManager } from "../../../node_modules/fauxqs/dist/persistence.d.ts";

/** The parts of PersistenceManager that it keeps private. */
interface Internals {
  readonly db: DatabaseSync;
  transaction(write: () => void): void;
}

const WRITES = ["insertMessage", "deleteMessage", "updateMessageInflight", "updateMessageReady"] as const;

/**
 * Makes what fauxqs persists hold under `kill -9`.
 *
 * By itself it writes each message on its own: a process killed between the delete from a queue and the insert into
 * its dead-letter queue loses the message, and a fan-out can stop half-way. Here everything one request writes is one
 * SQLite transaction, committed before the reply leaves; a batch of ten then costs one commit, too.
 */
export function groupCommits(persistence: PersistenceManager, app: ReturnType<typeof buildApp>): void {
  const { db } = internals(persistence);
  // Survives the death of the process; only the loss of power could take the last commits, and then whole ones.
  db.exec("PRAGMA synchronous = NORMAL");
  keepReceiveCount(persistence, db);

  const commit = () => {
    if (db.isOpen && db.isTransaction) db.exec("COMMIT");
  };
  for (const name of WRITES) {
    const write = persistence[name].bind(persistence) as (...args: unknown[]) => void;
    Object.assign(persistence, {
      [name]: (...args: unknown[]) => {
        if (!db.isTransaction) {
          db.exec("BEGIN IMMEDIATE");
          // For writes that no request waits for.
          setImmediate(commit);
        }
        write(...args);
      },
    });
  }
  const transaction = internals(persistence).transaction.bind(persistence);
  const close = persistence.close.bind(persistence);
  Object.assign(persistence, {
    transaction: (write: () => void) => {
      commit();
      transaction(write);
    },
    close: () => {
      commit();
      close();
    },
  });
  app.addHook("onSend", (_request, _reply, payload, done) => {
    commit();
    done(null, payload);
  });
}

/** fauxqs 2.4 clears the receive count of a message made visible at once, which its own schema refuses. */
function keepReceiveCount(persistence: PersistenceManager, db: DatabaseSync): void {
  const ready = db.prepare(
    "UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE message_id = ?",
  );
  Object.assign(persistence, { updateMessageReady: (messageId: string) => void ready.run(messageId) });
}

const internals = (persistence: PersistenceManager) => persistence as unknown as Internals;
