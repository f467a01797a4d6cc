import { startEmulator } from "./start-emulator.ts";
import { appName, assemblyOf } from "./synthesize-app.ts";

export interface AppEmulatorOptions {
  /** Command that synthesizes the app. Default: that of `cdk.json`. */
  readonly app?: string;
  /** Folder of a synthesized cloud assembly, such as `cdk.out`; in place of `app`. */
  readonly assembly?: string;
  /** Folder of the app. Default: the current one. */
  readonly folder?: string;
  /** Port of the first API; further APIs have the next ports. Default: 0, which takes any free ones. */
  readonly port?: number;
  /** Whether SDK calls of functions are refused that their policies do not permit. Default: true. */
  readonly checksPermissions?: boolean;
  /** Takes each line of the functions and of the emulator. Default: none is printed. */
  readonly onLine?: (line: EmulatorLine) => void;
}

export interface EmulatorLine {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The function, or a part of the emulator. */
  readonly source: string;
  readonly stream: "stdout" | "stderr" | "emulator";
  readonly text: string;
}

export interface AppEmulator {
  /** Address of the first API, and of the console at `/_emulator/console/`. */
  readonly url: string;
  readonly apis: readonly { readonly name: string; readonly url: string }[];
  /** For SDK clients, which take any credentials. */
  readonly endpoints: Readonly<Record<"sqs" | "sns" | "s3" | "dynamodb" | "ses" | "region", string>>;
  /** Resources that are not run, each with its reason. */
  readonly leftOut: readonly { readonly path: string; readonly reason: string }[];
  /** Ends the emulator with its functions. */
  close(): Promise<void>;
}

/**
 * Runs a CDK app on loopback, in memory. Resolves once its functions take messages; rejects with what is wrong, and
 * nothing is left running then.
 */
export async function emulateApp(options: AppEmulatorOptions = {}): Promise<AppEmulator> {
  const { app, assembly, folder = process.cwd(), port = 0, checksPermissions = true, onLine } = options;
  if (app !== undefined && assembly !== undefined) throw new TypeError("app and assembly exclude each other");
  const { url, apis, endpoints, model, close } = await startEmulator({
    app: { name: await appName(folder) },
    port,
    checksPermissions,
    ...(onLine !== undefined && { onLine }),
    assembly: () => assemblyOf({ command: app, assembly, folder, onLine: () => {} }),
  });
  return { url, apis, endpoints, leftOut: model.leftOut, close };
}
