import type { DynamoDBRecord } from "aws-lambda";
import { functionArn } from "../../../lib/emulator/assembly/identities.ts";
import { startStreamMapping } from "../../../lib/emulator/event-sources/stream-event-source.ts";
import { createMappings } from "../../../lib/emulator/event-sources/switchable-mappings.ts";
import type { RunningMapping } from "../../../lib/emulator/types.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import type { Observed } from "./observer.ts";
import { hostFor, REGION } from "./own-function.ts";
import { openStreamRig } from "./stream-rig.ts";
import type { StreamRig, StreamSetup } from "./target.ts";

interface OwnStreamOptions {
  readonly name: string;
  readonly setup: StreamSetup;
  readonly endpoints: { readonly dynamoDb: string; readonly s3: string };
  readonly observed: Observed<DynamoDBRecord>;
}

/** A table of the emulator, with the emulator's mapping on its stream. */
export const ownStream = async ({
  name,
  setup,
  endpoints,
  observed,
}: OwnStreamOptions): Promise<StreamRig> => {
  const host = await hostFor(name, observed.url, setup);
  const dataDir = temporaryFolder();
  const mappings: RunningMapping[] = [];
  const stop = async () => {
    await Promise.all(mappings.splice(0).map((mapping) => mapping.stop()));
  };
  return openStreamRig({
    name,
    setup,
    endpoints,
    invocations: observed.invocations,
    map: async (streamArn, { functionTimeoutSeconds: _, functionConcurrency: __, ...settings }) => {
      const spec = {
        kind: "stream",
        functionName: name,
        tableName: name,
        streamArn,
        destinationBucket: name,
        partitionKey: "id",
        ...settings,
      } as const;
      const mapping = createMappings({ clock: Date });
      mapping.add(spec, () =>
        startStreamMapping({
          spec,
          host,
          region: REGION,
          functionArn: functionArn(name, REGION),
          endpoint: endpoints.dynamoDb,
          s3Endpoint: endpoints.s3,
          dataDir,
        }),
      );
      mappings.push(mapping);
    },
    stop,
    invoke: async (event) => {
      await host.invoke(name, event);
    },
    close: async () => {
      await stop();
      await host.close();
    },
  });
};
