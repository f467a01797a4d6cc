import type { SQSRecord } from "aws-lambda";
import { startSqsMapping } from "../../../lib/emulator/event-sources/sqs-event-source.ts";
import { createMappings } from "../../../lib/emulator/event-sources/switchable-mappings.ts";
import type { RunningMapping } from "../../../lib/emulator/types.ts";
import type { Observed } from "./observer.ts";
import { hostFor, REGION } from "./own-function.ts";
import { openQueueRig } from "./queue-rig.ts";
import type { QueueRig, QueueSetup } from "./target.ts";

interface OwnQueueOptions {
  readonly name: string;
  readonly setup: QueueSetup;
  readonly endpoint: string;
  readonly observed: Observed<SQSRecord>;
}

/** A queue of the emulator, with the emulator's mapping. */
export const ownQueue = async ({ name, setup, endpoint, observed }: OwnQueueOptions): Promise<QueueRig> => {
  const host = await hostFor(name, observed.url, setup);
  const mappings: RunningMapping[] = [];
  return openQueueRig({
    name,
    setup,
    endpoint,
    invocations: observed.invocations,
    map: async ({ url, arn }, settings) => {
      const { batchSize, windowSeconds, reportBatchItemFailures, enabled, maximumConcurrency } = settings;
      const spec = {
        kind: "sqs",
        functionName: name,
        queueUrl: url,
        queueArn: arn,
        batchSize,
        windowSeconds,
        reportBatchItemFailures,
        enabled,
        maximumConcurrency,
        filters: [],
      } as const;
      const mapping = createMappings({ clock: Date });
      mapping.add(spec, () => startSqsMapping({ spec, host, endpoint, region: REGION }));
      mappings.push(mapping);
    },
    close: async () => {
      await Promise.all(mappings.map((mapping) => mapping.stop()));
      await host.close();
    },
  });
};
