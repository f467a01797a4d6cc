import { type ApiAnswer, exchange, segment } from "../operator/target/api-client.ts";

/** The operator's requests about failed messages. */
export interface OperatorClient {
  groups(): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Messages with status OPEN. */
  open(): Promise<readonly { readonly failedKey: string; readonly reason: string }[]>;
  show(failedKey: string): Promise<ApiAnswer>;
  redriveGroup(fingerprint: string, dryRun: boolean): Promise<ApiAnswer>;
  discard(failedKey: string, why: string): Promise<ApiAnswer>;
}

export function operatorClient(url: string): OperatorClient {
  const send = (path: string, body?: unknown) =>
    exchange({ url }, { path, method: body === undefined ? "GET" : "POST", body });
  const call = (path: string, body?: unknown) => send(`/failed-messages${path}`, body);
  return {
    groups: async () => listOf((await call("/groups")).body["groups"]),
    open: async () => listOf((await call("")).body["items"]),
    show: (failedKey) => call(`/${segment(failedKey)}`),
    redriveGroup: (fingerprint, dryRun) =>
      send("/jobs", { act: "redrive", filter: { fingerprint }, why: "stock row corrected", dryRun }),
    discard: (failedKey, why) => call(`/${segment(failedKey)}/discard`, { why }),
  };
}

/** The items of a response; none when the request was refused. */
function listOf<T>(value: unknown): readonly T[] {
  return Array.isArray(value) ? (value as T[]) : [];
}
