import { readFile } from "node:fs/promises";
import { zipOf } from "./zip.ts";

const SCRIPTED = new URL("./functions/scripted.mjs", import.meta.url);
/** Emulators require a signature and do not verify it. */
const AUTHORIZATION =
  "AWS4-HMAC-SHA256 Credential=local/20260101/eu-central-1/lambda/aws4_request, SignedHeaders=host, Signature=local";

/** The scripted function on an emulator, and its one mapping. */
export interface EmulatedFunction {
  /** Creates the mapping; later calls change its settings and keep its position. */
  map(settings: Readonly<Record<string, unknown>>): Promise<void>;
  disable(): Promise<void>;
  invoke(event: object): Promise<void>;
  remove(): Promise<void>;
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html */
export async function createFunction(
  endpoint: string,
  name: string,
  observer: string,
  setup: { readonly functionTimeoutSeconds: number; readonly functionConcurrency: number },
): Promise<EmulatedFunction> {
  const send = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${endpoint}${path}`, {
      method,
      headers: { "content-type": "application/json", authorization: AUTHORIZATION },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  };
  await send("POST", "/2015-03-31/functions", {
    FunctionName: name,
    Runtime: "nodejs24.x",
    Role: "arn:aws:iam::000000000000:role/conformance",
    Handler: "scripted.handler",
    Timeout: setup.functionTimeoutSeconds,
    MemorySize: 256,
    Environment: { Variables: { OBSERVER: observer } },
    Code: { ZipFile: zipOf("scripted.mjs", await readFile(SCRIPTED)).toString("base64") },
  });
  await send("PUT", `/2017-10-31/functions/${name}/concurrency`, {
    ReservedConcurrentExecutions: setup.functionConcurrency,
  });

  const invoke = (event: object) => send("POST", `/2015-03-31/functions/${name}/invocations`, event);
  await invoke({ warm: true });

  const mappings = "/2015-03-31/event-source-mappings";
  let uuid: string | undefined;
  return {
    map: async (settings) => {
      if (uuid !== undefined) {
        await send("PUT", `${mappings}/${uuid}`, { Enabled: settings["Enabled"] });
        return;
      }
      const made = await send("POST", mappings, { FunctionName: name, ...settings });
      uuid = (made as { readonly UUID: string }).UUID;
    },
    disable: async () => {
      if (uuid !== undefined) await send("PUT", `${mappings}/${uuid}`, { Enabled: false });
    },
    invoke: async (event) => {
      await invoke(event);
    },
    remove: async () => {
      if (uuid !== undefined) await send("DELETE", `${mappings}/${uuid}`);
      await send("DELETE", `/2015-03-31/functions/${name}`);
    },
  };
}
