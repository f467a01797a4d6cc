import type { EmulatorModel } from "../assembly/model.ts";
import type { RecentLogs } from "../recent-logs.ts";
import type { FunctionHost, RunningMapping } from "../types.ts";
import { startSqsMapping } from "./sqs-event-source.ts";
import { startStreamMapping } from "./stream-event-source.ts";

export interface EventSourceOptions {
  readonly model: EmulatorModel;
  readonly host: FunctionHost;
  readonly region: string;
  readonly sqsEndpoint: string;
  readonly s3Endpoint: string;
  /** DynamoDB without the faults: a fault on a table breaks calls of functions, not the stream. */
  readonly streamsEndpoint: string;
  /** ARN of each table's stream, by table name. */
  readonly streamArns: ReadonlyMap<string, string>;
  readonly dataDir?: string;
  readonly logs: RecentLogs;
  readonly onWrite?: (listener: () => void) => () => void;
}

/** Starts every event source mapping of the templates. */
export function startEventSources(options: EventSourceOptions): RunningMapping {
  const { model, host, region, streamArns, dataDir, onWrite } = options;
  const onLine = options.logs.add;
  const running = [
    ...model.sqsMappings.map((spec) =>
      startSqsMapping({ spec, host, endpoint: options.sqsEndpoint, region, onLine }),
    ),
    ...model.streamMappings.map((spec) =>
      startStreamMapping({
        spec: { ...spec, streamArn: streamArns.get(spec.tableName) ?? spec.streamArn },
        host,
        region,
        endpoint: options.streamsEndpoint,
        s3Endpoint: options.s3Endpoint,
        onLine,
        ...(dataDir === undefined ? {} : { dataDir }),
        ...(onWrite === undefined ? {} : { onWrite }),
      }),
    ),
  ];
  return {
    async stop() {
      await Promise.all(running.map((mapping) => mapping.stop()));
    },
  };
}
