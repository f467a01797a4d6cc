import { parseArgs } from "node:util";

export const LOCAL_HELP = `npm start -- [flags]: the stacks of this project on one machine, on loopback only

  --port N      where the API is served (default 4010; 0 takes any free port)
  --data DIR    keep tables, queues, objects and mails there (default: in memory)
  --json        every line of functions and stage as JSON, without banner
  --help        this text

DYNAMODB_ENDPOINT names a DynamoDB to use instead of the bundled one.
`;

export interface LocalFlags {
  readonly port: number;
  readonly json: boolean;
  readonly dataDir: string | undefined;
}

export type ParsedFlags =
  | ({ readonly kind: "run" } & LocalFlags)
  | { readonly kind: "help" }
  | { readonly kind: "usage"; readonly message: string };

export const DEFAULT_PORT = 4010;

export function localFlags(args: readonly string[]): ParsedFlags {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        port: { type: "string", default: String(DEFAULT_PORT) },
        data: { type: "string" },
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
    return { kind: "run", port, json: values.json, dataDir: values.data };
  } catch (error) {
    return { kind: "usage", message: error instanceof Error ? error.message : String(error) };
  }
}
