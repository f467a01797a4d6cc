import { LIMITS } from "../../../../functions/contract/limits.ts";
import { ATTRIBUTES } from "../../../../functions/contract/names.ts";
import { retryDeadLetters } from "../../../../functions/failures/dead-letters/retry-dead-letters.ts";
import type { FailedMessage } from "../../../../functions/failures/domain/failed-message.ts";
import { failedKeyOf } from "../../../../functions/failures/domain/failed-message.ts";
import { sweepFailedMessages } from "../../../../functions/failures/maintenance/sweep-failed-messages.ts";
import {
  applyWrite,
  type FailurePorts,
  failureLog,
  keyFor,
} from "../../../../functions/failures/record-failure.ts";
import type { MessageFacts } from "../../../../functions/middleware/failure-log.ts";
import { DONE } from "../../../../functions/middleware/outcome.ts";
import { foreignAttributes } from "../../../../functions/publishing/domain/message-attributes.ts";
import type { Queues } from "../../../../functions/publishing/ports/queues.ts";
import { DLQ_RETRY_DELAYS_SECONDS } from "../parts.ts";
import type { Mutant } from "../simulated-system.ts";
import { inParts, inTables } from "./mutant.ts";

function withQueues(name: string, wrong: (queues: Queues) => Partial<Queues>): Mutant {
  return inParts(name, ({ ports, failures }) => ({
    retryDeadLetter: retryDeadLetters({
      ...failures,
      queues: { ...ports.queues, ...wrong(ports.queues) },
      delaysSeconds: DLQ_RETRY_DELAYS_SECONDS,
      audit: ports.audit,
    }),
  }));
}

type Step = () => Promise<unknown>;

/** A mutant of the sequence of a redrive. */
function withRedrive(name: string, steps: (mark: Step, send: Step, resolve: Step) => Promise<void>): Mutant {
  return inParts(name, ({ operations, failures, jobPorts: { queues, sourceQueues } }) => ({
    operations: {
      ...operations,
      async redrive(failedKey, asked, by) {
        const row = await failures.failedMessages.get(failedKey);
        const queueUrl = sourceQueues[row?.consumer ?? ""];
        if (row === undefined || queueUrl === undefined) return operations.redrive(failedKey, asked, by);
        const { body, generation } = row;
        const redriveId = failures.newId();
        const ownAttributes = { redriveId, dlqRetryCount: "0", failedKey };
        const attributes = { ...foreignAttributes(row.attributes), ...ownAttributes };
        await steps(
          () => applyWrite(failures, failedKey, { kind: "redrive", generation, redriveId, by }),
          () => queues.send({ queueUrl, body, attributes, delaySeconds: 0 }),
          () => applyWrite(failures, failedKey, { kind: "resolve", by }),
        );
        return { failedKey, status: row.status, generation, outcome: "would send" };
      },
    },
  }));
}

/** Changes a row without the rules of its statuses. */
async function force(
  { failedMessages, newId }: FailurePorts,
  failedKey: string,
  change: (row: FailedMessage) => Partial<FailedMessage>,
): Promise<boolean> {
  const row = await failedMessages.get(failedKey);
  if (row === undefined) return false;
  const next = { ...row, ...change(row), revision: row.revision + 1, writeId: newId() };
  return failedMessages.put(next, row.revision);
}

/** Mutants of failed messages. */
export const FAILURE_MUTANTS: readonly Mutant[] = [
  inParts("a dead letter is deleted although the store refused it", ({ failureLogOf }) => ({
    failureLogOf: (name) => {
      const log = failureLogOf(name);
      if (name !== "dead-letters") return log;
      return { ...log, park: (...args) => log.park(...args).catch(() => undefined) };
    },
  })),
  inParts("a parked message is acknowledged before the store has it", ({ failureLogOf }) => ({
    failureLogOf: (name) => {
      const log = failureLogOf(name);
      return {
        ...log,
        async park(...args) {
          void log.park(...args).catch(() => undefined);
        },
      };
    },
  })),
  withQueues("a dead letter is deleted though its retry failed", (queues) => ({
    send: (message) => queues.send(message).catch(() => undefined),
  })),
  withQueues("the retry count stays at one", (queues) => ({
    send: (message) =>
      queues.send({ ...message, attributes: { ...message.attributes, [ATTRIBUTES.dlqRetryCount]: "1" } }),
  })),
  withQueues("a retry does not name the row that waits for it", (queues) => ({
    send({ attributes: { [ATTRIBUTES.failedKey]: _, ...attributes }, ...message }) {
      return queues.send({ ...message, attributes });
    },
  })),
  withQueues("a retry loses its attributes", (queues) => ({
    send: (message) => queues.send({ ...message, attributes: {} }),
  })),
  inParts("an invalid retry count counts as none", ({ retryDeadLetter }) => ({
    retryDeadLetter(message, queueUrl) {
      const { [ATTRIBUTES.dlqRetryCount]: count = "0", ...others } = message.attributes;
      return retryDeadLetter(
        /^[0-3]$/.test(String(count)) ? message : { ...message, attributes: others },
        queueUrl,
      );
    },
  })),
  inParts("a dead letter after three retries is dropped", ({ retryDeadLetter }) => ({
    retryDeadLetter: async (message, queueUrl) =>
      message.attributes[ATTRIBUTES.dlqRetryCount] === String(LIMITS.dlqRetries)
        ? DONE
        : retryDeadLetter(message, queueUrl),
  })),
  withRedrive("a redrive is sent before its row is marked", async (mark, send) => {
    await send();
    await mark();
  }),
  withRedrive("a redrive resolves its row at once", async (mark, send, resolve) => {
    await mark();
    await resolve();
    await send();
  }),
  inParts("RETRYING is written over OPEN", ({ failures, failureLogOf }) => ({
    failureLogOf: (name) => ({
      ...failureLogOf(name),
      async lastAttemptFailed(message, error) {
        const isThere = await force(failures, failedKeyOf(message), () => ({ status: "RETRYING" }));
        if (!isThere) await failureLog(failures).lastAttemptFailed(message, error);
      },
    }),
  })),
  inParts("parking opens a discarded row", ({ failures, failureLogOf }) => ({
    failureLogOf: (name) => ({
      ...failureLogOf(name),
      async park(message, reason, error) {
        const row = await failures.failedMessages.get(failedKeyOf(message));
        if (row?.status !== "DISCARDED") return failureLogOf(name).park(message, reason, error);
        await force(failures, row.failedKey, ({ generation }) => ({
          status: "OPEN",
          generation: generation + 1,
        }));
      },
    }),
  })),
  inTables("the store is written without a condition", (tables) => ({
    ...tables,
    failedMessages: {
      ...tables.failedMessages,
      async put(row) {
        tables.rows.failed.set(row.failedKey, row);
        return true;
      },
    },
  })),
  inParts("the key of a failed message has no consumer in it", ({ failures, failureLogOf }) => ({
    failureLogOf: (name) => {
      const keyed = <T extends Pick<MessageFacts, "eventId" | "attributes">>(message: T): T => ({
        ...message,
        attributes:
          message.eventId === undefined
            ? message.attributes
            : { ...message.attributes, [ATTRIBUTES.failedKey]: message.eventId },
      });
      const log = failureLog(failures);
      return {
        ...failureLogOf(name),
        park: (message, reason, error) => log.park(keyed(message), reason, error),
        lastAttemptFailed: (message, error) => log.lastAttemptFailed(keyed(message), error),
      };
    },
  })),
  inParts("another body under a known key is dropped", ({ failures, failureLogOf }) => ({
    failureLogOf: (name) => ({
      ...failureLogOf(name),
      async park(message, reason, error) {
        const { applied } = await applyWrite(failures, failedKeyOf(message), { kind: "park", reason, error });
        if (!applied) await failureLogOf(name).park(message, reason, error);
      },
    }),
  })),
  inParts("another body is detected only before the write", ({ failures, failureLogOf }) => ({
    failureLogOf: (name) => ({
      ...failureLogOf(name),
      async park(message, reason, error) {
        const write = { kind: "park", reason, error } as const;
        const key = await keyFor(failures, message);
        const row = await failures.failedMessages.get(key);
        if (row === undefined) await applyWrite(failures, key, write, message);
        else await applyWrite(failures, key, write);
      },
    }),
  })),
  inParts("open rows are resolved without evidence", ({ sweepFailed, failures }) => ({
    async sweepFailed(deadline) {
      for (const { failedKey } of (await failures.failedMessages.list("OPEN", { limit: 100 })).rows) {
        await applyWrite(failures, failedKey, { kind: "resolve-open" });
      }
      return sweepFailed(deadline);
    },
  })),
  inParts("overdue rows are not opened", ({ failures, ports }) => {
    const { failedMessages } = failures;
    const list: typeof failedMessages.list = async (status, options) =>
      status === "OPEN" ? failedMessages.list(status, options) : { rows: [] };
    return {
      sweepFailed: sweepFailedMessages({
        ...ports,
        ...failures,
        failedMessages: { ...failedMessages, list },
      }),
    };
  }),
];
