import { createFunction } from "./lambda-api.ts";
import { openObserver } from "./observer.ts";
import { openQueueRig } from "./queue-rig.ts";
import { openStreamRig } from "./stream-rig.ts";
import type { ConformanceTarget } from "./target.ts";

export interface Emulator {
  readonly name: string;
  /** URL of all services. */
  readonly endpoint: string;
  readonly departures: Readonly<Record<string, string>>;
  readonly visibilitySeconds: number;
  stop(): Promise<void>;
}

const responseTypes = (reported: boolean) => (reported ? ["ReportBatchItemFailures"] : []);

/** An emulator of AWS with mappings created through Lambda's API. Its functions can reach this process. */
export async function openEmulatorTarget(emulator: Emulator): Promise<ConformanceTarget> {
  const { endpoint, name, departures, visibilitySeconds } = emulator;
  const observer = await openObserver();
  let rigs = 0;
  return {
    name,
    departures,
    visibilitySeconds,
    openQueue: async (setup, script) => {
      const rig = `queue-${rigs++}`;
      const { url, invocations } = observer.watch(script);
      const made = await createFunction(endpoint, rig, url, setup);
      return openQueueRig({
        name: rig,
        setup,
        endpoint,
        invocations,
        map: ({ arn }, settings) =>
          made.map({
            EventSourceArn: arn,
            Enabled: settings.enabled,
            BatchSize: settings.batchSize,
            MaximumBatchingWindowInSeconds: settings.windowSeconds,
            FunctionResponseTypes: responseTypes(settings.reportBatchItemFailures),
            ScalingConfig: { MaximumConcurrency: settings.maximumConcurrency },
          }),
        close: made.remove,
      });
    },
    openStream: async (setup, script) => {
      const rig = `table-${rigs++}`;
      const { url, invocations } = observer.watch(script);
      const made = await createFunction(endpoint, rig, url, setup);
      await fetch(`${endpoint}/${rig}`, { method: "PUT" });
      return openStreamRig({
        name: rig,
        setup,
        endpoints: { dynamoDb: endpoint, s3: endpoint },
        invocations,
        map: (streamArn, settings) =>
          made.map({
            EventSourceArn: streamArn,
            Enabled: settings.enabled,
            StartingPosition: settings.startingPosition,
            BatchSize: settings.batchSize,
            MaximumBatchingWindowInSeconds: settings.windowSeconds,
            FunctionResponseTypes: responseTypes(settings.reportBatchItemFailures),
            BisectBatchOnFunctionError: settings.bisect,
            ParallelizationFactor: settings.parallelism,
            MaximumRetryAttempts: settings.maximumRetryAttempts,
            MaximumRecordAgeInSeconds: settings.maximumRecordAgeSeconds,
            FilterCriteria: { Filters: settings.filters.map((Pattern) => ({ Pattern })) },
            DestinationConfig: { OnFailure: { Destination: `arn:aws:s3:::${rig}` } },
          }),
        stop: made.disable,
        invoke: made.invoke,
        close: made.remove,
      });
    },
    close: async () => {
      await observer.close();
      await emulator.stop();
    },
  };
}
