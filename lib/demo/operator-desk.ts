import { type ApiAnswer, exchange, segment } from "../operator/target/api-client.ts";

/** What an operator does with failed messages, by the API's address alone. */
export interface OperatorDesk {
  groups(): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Messages that wait for a person. */
  open(): Promise<readonly { readonly failedKey: string; readonly reason: string }[]>;
  show(failedKey: string): Promise<ApiAnswer>;
  redriveGroup(fingerprint: string, dryRun: boolean): Promise<ApiAnswer>;
  discard(failedKey: string, why: string): Promise<ApiAnswer>;
}

export function operatorDesk(url: string): OperatorDesk {
  const call = (path: string, body?: unknown) =>
    exchange({ url }, { path: `/failed-messages${path}`, method: body === undefined ? "GET" : "POST", body });
  return {
    groups: async () => listOf((await call("/groups")).body["groups"]),
    open: async () => listOf((await call("")).body["items"]),
    show: (failedKey) => call(`/${segment(failedKey)}`),
    redriveGroup: (fingerprint, dryRun) =>
      call("/redrives", { filter: { fingerprint }, why: "the row is mended", dryRun }),
    discard: (failedKey, why) => call(`/${segment(failedKey)}/discard`, { why }),
  };
}

/** The items of an answer; none where it was refused. */
function listOf<T>(value: unknown): readonly T[] {
  return Array.isArray(value) ? (value as T[]) : [];
}
