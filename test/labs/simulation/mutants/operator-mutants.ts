import { ATTRIBUTES } from "../../../../functions/contract/names.ts";
import { runJobs } from "../../../../functions/failures/jobs/run-jobs.ts";
import { sweepFailedMessages } from "../../../../functions/failures/maintenance/sweep-failed-messages.ts";
import type { FailedMessageStore } from "../../../../functions/failures/ports/failed-message-store.ts";
import { jobOperations } from "../../../../functions/handlers/wiring/job-routes.ts";
import { NO_FAULTS } from "../fault-profile.ts";
import type { Parts } from "../parts.ts";
import type { Mutant } from "../simulated-system.ts";
import { inParts } from "./mutant.ts";

/** A mutant of an operator action. */
function inActs(name: string, wrong: (acts: Parts["operations"]) => Partial<Parts["operations"]>): Mutant {
  return inParts(name, ({ operations }) => ({ operations: { ...operations, ...wrong(operations) } }));
}

const withoutTime = (store: FailedMessageStore): FailedMessageStore => ({
  ...store,
  list: (status, { dueBefore: _, ...options }) => store.list(status, options),
});

const BROKEN_STORE = { operators: 6, poison: 0.5, startsInDeadLetters: true, outages: ["orderStockStore"] };

/** Mutants of operator actions and of the jobs that maintenance continues. */
export const OPERATOR_MUTANTS: readonly Mutant[] = [
  inActs("a redrive applies to a row that changed since it was read", ({ redrive }) => ({
    redrive: (failedKey, { generation: _, ...asked }, by) => redrive(failedKey, asked, by),
  })),
  inActs("a dry run resolves a finished row", ({ redrive }) => ({
    redrive: (failedKey, { dryRun: _, ...asked }, by) => redrive(failedKey, asked, by),
  })),
  inActs("a discard applies to a row that failed again since it was read", ({ discard }) => ({
    discard: (failedKey, { generation: _, ...asked }, by) => discard(failedKey, asked, by),
  })),
  {
    ...inActs("an undo applies to a later discard", ({ undo }) => ({
      undo: (failedKey, { generation: _, ...asked }, by) => undo(failedKey, asked, by),
    })),
    faultProfile: { ...NO_FAULTS, poison: 0.5, operators: 6 },
  },
  inParts("a job redrives a message that its own redrive failed", ({ jobPorts, operations }) => {
    const ports = { ...jobPorts, failedMessages: withoutTime(jobPorts.failedMessages) };
    const { startJob } = jobOperations(ports);
    return { jobs: runJobs(ports), operations: { ...operations, startJob } };
  }),
  inParts(
    "a job acts on a named message that was opened again since it was read",
    ({ jobPorts, operations }) => ({
      operations: {
        ...operations,
        async startJob({ messages, ...asked }, by) {
          if (messages === undefined) return operations.startJob(asked, by);
          const rows = await jobPorts.failedMessages.getMany(messages.map(({ failedKey }) => failedKey));
          const latest = messages.map(({ failedKey, generation }) => ({
            failedKey,
            generation: rows.get(failedKey)?.generation ?? generation,
          }));
          return operations.startJob({ ...asked, messages: latest }, by);
        },
      },
    }),
  ),
  inParts("a row is opened before its message is due", ({ failures, ports }) => {
    const clock = { ...ports.clock, now: () => ports.clock.now() + 1_800_000 };
    return { sweepFailed: sweepFailedMessages({ ...ports, ...failures, clock }) };
  }),
  {
    ...inParts("a redrive of many skips rows that it has no time for", ({ jobPorts, operations }) => {
      const { failedMessages } = jobPorts;
      const ports: typeof jobPorts = {
        ...jobPorts,
        failedMessages: {
          ...failedMessages,
          list: async (status, options) => ({
            rows: (await failedMessages.list(status, options)).rows.slice(0, 1),
          }),
        },
      };
      const { startJob } = jobOperations(ports);
      return { jobs: runJobs(ports), operations: { ...operations, startJob } };
    }),
    faultProfile: { ...NO_FAULTS, ...BROKEN_STORE },
  },
  {
    ...inParts("a republish skips orders that it has no time for", ({ jobPorts, operations }) => {
      const { orderScan } = jobPorts;
      const ports: typeof jobPorts = {
        ...jobPorts,
        orderScan: {
          async page(asked) {
            const page = await orderScan.page(asked);
            return { ...page, orders: page.orders.slice(1) };
          },
        },
      };
      const { startJob } = jobOperations(ports);
      return { jobs: runJobs(ports), operations: { ...operations, startJob } };
    }),
    faultProfile: { ...NO_FAULTS, ...BROKEN_STORE, topic: 0.2 },
  },
  inParts("a redriven and ignored message does not resolve its row", ({ transportOf }) => ({
    transportOf(name, queueUrl) {
      const sqs = transportOf(name, queueUrl);
      return {
        ...sqs,
        isRetriedOrRedriven: ({ messageAttributes }) => ATTRIBUTES.redriveId in messageAttributes,
      };
    },
  })),
];
