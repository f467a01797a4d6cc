import type { SQSEvent, SQSRecord } from "aws-lambda";
import { startFauxqs } from "fauxqs";
import type { SqsMappingSpec } from "../../../lib/emulator/assembly/model.ts";
import {
  type SqsMappingOptions,
  startSqsMapping,
} from "../../../lib/emulator/event-sources/sqs-event-source.ts";
import { createMappings } from "../../../lib/emulator/event-sources/switchable-mappings.ts";
import type { InvokeResult, LogLine, RunningMapping } from "../../../lib/emulator/types.ts";
import { sqsMappingSpec } from "../../fixtures/mapping-specs.ts";

const REGION = "eu-central-1";

export type Handler = (records: readonly SQSRecord[]) => InvokeResult | Promise<InvokeResult>;

/** One queue with its dead-letter queue, and mappings with a function of the test. */
export interface QueueEmulator {
  /** The bodies of each invocation, in the order of their start. */
  readonly batches: readonly (readonly string[])[];
  readonly events: readonly SQSEvent[];
  readonly lines: readonly LogLine[];
  send(...bodies: readonly string[]): void;
  map(handler: Handler, changes?: Partial<SqsMappingSpec>): RunningMapping;
  /** The bodies of all messages, in any state. */
  left(queue?: "main" | "dead"): readonly string[];
  inFlight(): number;
  close(): Promise<void>;
}

export const openQueueEmulator = async (
  attributes: Readonly<Record<string, string>> = {},
): Promise<QueueEmulator> => {
  const server = await startFauxqs({ port: 0, logger: false, defaultRegion: REGION });
  server.createQueue("dead");
  server.createQueue("main", {
    attributes: {
      VisibilityTimeout: "1",
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: `arn:aws:sqs:${REGION}:000000000000:dead`,
        maxReceiveCount: 2,
      }),
      ...attributes,
    },
  });
  const endpoint = `http://127.0.0.1:${server.port}`;
  const batches: string[][] = [];
  const events: SQSEvent[] = [];
  const lines: LogLine[] = [];
  const mappings: RunningMapping[] = [];

  return {
    batches,
    events,
    lines,
    send: (...bodies) => {
      for (const body of bodies) server.sendMessage("main", body);
    },
    map: (handler, changes = {}) => {
      const spec = sqsMappingSpec({
        queueUrl: `${endpoint}/000000000000/main`,
        queueArn: `arn:aws:sqs:${REGION}:000000000000:main`,
        ...changes,
      });
      const options: SqsMappingOptions = {
        spec,
        endpoint,
        region: REGION,
        onLine: (line) => lines.push(line),
        host: {
          invoke: async (_name, event) => {
            const { Records } = event as SQSEvent;
            events.push(event as SQSEvent);
            batches.push(Records.map(({ body }) => body));
            return handler(Records);
          },
        },
      };
      const mapping = createMappings({ clock: Date });
      mapping.add(spec, () => startSqsMapping(options));
      mappings.push(mapping);
      return mapping;
    },
    left: (queue = "main") => {
      const messages = server.inspectQueue(queue)?.messages;
      const waiting = [...(messages?.ready ?? []), ...(messages?.delayed ?? [])];
      return [...waiting, ...(messages?.inflight ?? []).map(({ message }) => message)]
        .map(({ body }) => body)
        .sort();
    },
    inFlight: () => server.inspectQueue("main")?.messages.inflight.length ?? 0,
    close: async () => {
      const stopped = mappings.map((mapping) => mapping.stop());
      // Ends the long polls, for which the mappings would wait.
      await server.stop();
      await Promise.all(stopped);
    },
  };
};

export const done: InvokeResult = { kind: "ok", payload: { batchItemFailures: [] } };

/** Reports the records with these bodies as failed. */
export const failingBodies =
  (...bodies: readonly string[]): Handler =>
  (records) => ({
    kind: "ok",
    payload: {
      batchItemFailures: records
        .filter(({ body }) => bodies.includes(body))
        .map(({ messageId }) => ({ itemIdentifier: messageId })),
    },
  });
