import {
  type EventSourceMappingConfiguration,
  LambdaClient,
  ListEventSourceMappingsCommand,
  ResourceConflictException,
  ResourceInUseException,
  UpdateEventSourceMappingCommand,
} from "@aws-sdk/client-lambda";
import type { SourceMapping } from "../pausing/domain/consumer-pause.ts";
import type { MappingSwitch } from "../pausing/ports/mapping-switch.ts";
import { CLIENT_TIMEOUTS, clientConfig } from "./client-timeouts.ts";

/** https://docs.aws.amazon.com/lambda/latest/api/API_UpdateEventSourceMapping.html */
export function lambdaClientMappings(timeouts = CLIENT_TIMEOUTS): MappingSwitch {
  const client = new LambdaClient(clientConfig(timeouts));

  return {
    async list(functionName) {
      const found: SourceMapping[] = [];
      let marker: string | undefined;
      do {
        const { EventSourceMappings = [], NextMarker } = await client.send(
          new ListEventSourceMappingsCommand({
            FunctionName: functionName,
            ...(marker !== undefined && { Marker: marker }),
          }),
        );
        found.push(...EventSourceMappings.map(toMapping));
        marker = NextMarker || undefined;
      } while (marker !== undefined);
      return found;
    },

    async switch(id, isOn) {
      try {
        const { State } = await client.send(new UpdateEventSourceMappingCommand({ UUID: id, Enabled: isOn }));
        return State ?? "";
      } catch (error) {
        const isBusy = error instanceof ResourceInUseException || error instanceof ResourceConflictException;
        if (!isBusy) throw error;
        return undefined;
      }
    },
  };
}

/** A source is named by the last part of its ARN: a queue, a table's stream, a topic, a queue of a broker. */
function toMapping(mapping: EventSourceMappingConfiguration): SourceMapping {
  const { UUID: id = "", State: state = "", EventSourceArn = "", Topics, Queues } = mapping;
  const table = /:table\/([^/]+)\/stream\//.exec(EventSourceArn)?.[1];
  const source = Topics?.[0] ?? Queues?.[0] ?? table ?? EventSourceArn.split(/[:/]/).at(-1) ?? "";
  return { id, source, state };
}
