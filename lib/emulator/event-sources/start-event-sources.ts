import { arnOfFunction, functionArn } from "../assembly/identities.ts";
import type { EmulatorModel } from "../assembly/model.ts";
import type { RecentLogs } from "../recent-logs.ts";
import type { Clock, FunctionHost, RunningMapping } from "../types.ts";
import { createAsyncInvocations } from "./async-invocations.ts";
import { startSchedules } from "./run-schedules.ts";
import { openTargets } from "./send-to-target.ts";
import { startSqsMapping } from "./sqs-event-source.ts";
import { startStreamMapping } from "./stream-event-source.ts";
import type { SwitchableMappings } from "./switchable-mappings.ts";
import { startTopicSubscription } from "./topic-event-source.ts";

export interface EventSourceOptions {
  readonly model: EmulatorModel;
  readonly host: FunctionHost;
  readonly region: string;
  readonly sqsEndpoint: string;
  readonly snsEndpoint: string;
  readonly s3Endpoint: string;
  /** DynamoDB without the faults: a fault on a table breaks calls of functions, not the stream. */
  readonly streamsEndpoint: string;
  /** ARN of each table's stream, by table name. */
  readonly streamArns: ReadonlyMap<string, string>;
  readonly dataDir?: string;
  readonly logs: RecentLogs;
  readonly clock: Clock;
  readonly onWrite?: (listener: () => void) => () => void;
  readonly mappings: SwitchableMappings;
}

/** Everything that invokes functions, except APIs. */
export interface EventSources extends RunningMapping {
  /** Invokes a function asynchronously: see AsyncInvocations. */
  readonly invokeLater: (functionName: string, event: unknown) => Promise<unknown>;
  /** Runs a schedule now; false for an unknown name. */
  readonly runSchedule: (name: string) => Promise<boolean>;
}

/** Starts the event source mappings, the deliveries of topics and the schedules of the templates. */
export function startEventSources(options: EventSourceOptions): EventSources {
  const { model, host, region, streamArns, dataDir, onWrite, clock, mappings } = options;
  const onLine = options.logs.add;
  const log = (source: string, text: string) => onLine({ at: clock.now(), source, stream: "emulator", text });
  const targets = openTargets(options);
  const physical = new Map(
    model.functions.map(({ name, physicalName }) => [name, functionArn(physicalName, region)]),
  );
  const arnOf = (name: string) => arnOfFunction(model.functions, name, region);
  const invocations = createAsyncInvocations({
    configs: model.asyncConfigs,
    arnOf,
    functionOf: (arn) => [...physical].find(([, own]) => arn === own || arn.startsWith(`${own}:`))?.[0],
    host,
    targets,
    clock,
    log,
  });
  const schedules = startSchedules({
    schedules: model.schedules,
    region,
    clock,
    send: ({ target }, event) =>
      target.kind === "function"
        ? invocations.invoke(target.functionName, event)
        : targets.send(target.arn, JSON.stringify(event), target),
    onFailure: ({ name }, detail) => log("schedule", `${name}: ${detail}`),
  });
  for (const spec of model.sqsMappings)
    mappings.add(spec, () => startSqsMapping({ spec, host, endpoint: options.sqsEndpoint, region, onLine }));
  for (const each of model.streamMappings) {
    const spec = { ...each, streamArn: streamArns.get(each.tableName) ?? each.streamArn };
    mappings.add(spec, () =>
      startStreamMapping({
        spec,
        functionArn: arnOf(spec.functionName),
        host,
        region,
        endpoint: options.streamsEndpoint,
        s3Endpoint: options.s3Endpoint,
        onLine,
        send: targets.send,
        ...(dataDir === undefined ? {} : { dataDir }),
        ...(onWrite === undefined ? {} : { onWrite }),
      }),
    );
  }
  const deliveries = model.topicDeliveries.map(({ functionName, queue, subscription }) =>
    startTopicSubscription({
      subscription,
      queue,
      functionName,
      invocations,
      endpoint: options.sqsEndpoint,
      region,
      onLine,
    }),
  );
  return {
    invokeLater: invocations.invoke,
    runSchedule: schedules.run,
    async stop() {
      const running = [mappings, schedules, invocations, ...deliveries];
      const stopped = running.map((each) => each.stop());
      await Promise.all(stopped);
      targets.close();
    },
  };
}
