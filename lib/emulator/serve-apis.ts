import type { ApiSpec, FunctionSpec } from "./assembly/model.ts";
import { allows } from "./gateway/cors.ts";
import { type HttpServer, startHttpServer } from "./http-server.ts";
import type { Shutdown } from "./shutdown.ts";

/** An API, and the address that serves it. */
export interface ServedApi {
  readonly name: string;
  readonly url: string;
}

export interface ApiServer {
  readonly api: ApiSpec;
  readonly server: HttpServer;
}

/** A server for each API: the first has the server of the emulator, further ones have the next ports. */
export async function startApiServers(
  apis: readonly ApiSpec[],
  first: HttpServer,
  port: number,
  onDrop: () => void,
  shutdown: Shutdown,
): Promise<readonly ApiServer[]> {
  const servers: ApiServer[] = [];
  for (const [index, api] of apis.entries()) {
    const own = port === 0 ? 0 : port + index;
    const server = index === 0 ? first : shutdown.add("ingress", await startHttpServer(own, onDrop));
    servers.push({ api, server });
  }
  return servers;
}

/** The functions with the addresses of the emulator in place of those that APIs have in AWS. */
export function withApiAddresses(
  functions: readonly FunctionSpec[],
  servers: readonly ApiServer[],
): readonly FunctionSpec[] {
  const addresses = servers.map(({ api: { id, kind, stageName }, server }) => {
    const stage = kind === "rest" || stageName !== "$default" ? `(?:/${stageName}(?=/|$))?` : "";
    const host = `(?:execute-api|lambda-url)\\.[a-z0-9-]+\\.(?:amazonaws\\.com|on\\.aws)`;
    return [new RegExp(`https://${id}\\.${host}${stage}`, "g"), server.url] as const;
  });
  const replaced = (value: string) =>
    addresses.reduce((text, [inAws, url]) => text.replace(inAws, () => url), value);
  return functions.map((spec) => ({
    ...spec,
    environment: Object.fromEntries(
      Object.entries(spec.environment).map(([name, value]) => [name, replaced(value)]),
    ),
  }));
}

/** Whether pages of an origin may call an API. Of other sites than those of the developer's machine, none may. */
export function allowsOrigin(api: ApiSpec, origin: string): boolean {
  if (!/^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(origin)) return false;
  if (api.kind === "http") return api.cors !== undefined && allows(api.cors, origin);
  return api.mocks.some(({ headers }) =>
    Object.entries(headers).some(
      ([name, value]) => /^access-control-allow-origin$/i.test(name) && allows({ origins: [value] }, origin),
    ),
  );
}
