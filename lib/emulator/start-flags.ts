import { parseArgs } from "node:util";

export const START_HELP = `npm start -- [flags]: the stacks of this project on one machine, on loopback only

  --port N      where the API is served (default 4010; 0 takes any free port)
  --data DIR    keep tables, queues, objects and mails there (default: in memory)
  --kafka       with the Kafka backbone: a broker, the stack kafka, its functions
  --processing  which backbone processes orders: queues (default), both or kafka; the latter two mean --kafka
  --json        every line of functions and emulator as JSON, without banner
  --help        this text

DYNAMODB_ENDPOINT names a DynamoDB to use instead of the bundled one. KAFKA_BROKERS names a broker to use instead of
one that is started (Apache Kafka by the Java 17 of this machine; its jars come from Maven Central the first time, or
from the repository that MAVEN_REPOSITORY_URL names). A broker that is named serves one emulator at a time: two would take
each other's events.
`;

export interface StartFlags {
  readonly port: number;
  readonly json: boolean;
  readonly dataDir: string | undefined;
  readonly kafka: boolean;
  readonly processing: Processing;
}

export const PROCESSING = ["queues", "both", "kafka"] as const;
export type Processing = (typeof PROCESSING)[number];

export type ParsedFlags =
  | ({ readonly kind: "run" } & StartFlags)
  | { readonly kind: "help" }
  | { readonly kind: "usage"; readonly message: string };

export const DEFAULT_PORT = 4010;

export function parseStartFlags(args: readonly string[]): ParsedFlags {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        port: { type: "string", default: String(DEFAULT_PORT) },
        data: { type: "string" },
        kafka: { type: "boolean", default: false },
        processing: { type: "string", default: "queues" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) return { kind: "help" };
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 0 || port > 65_535) {
      return { kind: "usage", message: `--port is a number from 0 to 65535; received ${values.port}` };
    }
    if (values.data === "") return { kind: "usage", message: "--data needs the name of a folder" };
    const processing = PROCESSING.find((one) => one === values.processing);
    if (processing === undefined) {
      const message = `--processing is ${PROCESSING.join(", ")}; received ${values.processing}`;
      return { kind: "usage", message };
    }
    const kafka = values.kafka || processing !== "queues";
    return { kind: "run", port, json: values.json, dataDir: values.data, kafka, processing };
  } catch (error) {
    return { kind: "usage", message: error instanceof Error ? error.message : String(error) };
  }
}
