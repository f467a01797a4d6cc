import http from "node:http";

const PROXY = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"];
/** An emulator answers on this machine alone. */
const NEVER = "localhost,127.0.0.1,[::1]";

/** The proxies of the environment, with loopback exempt; undefined without a proxy. */
export function proxiesOf(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv | undefined {
  if (PROXY.every((name) => (env[name] ?? "") === "")) return undefined;
  const given = env["NO_PROXY"] ?? env["no_proxy"] ?? "";
  const exempt = given === "" ? NEVER : `${given},${NEVER}`;
  return { ...env, NO_PROXY: exempt, no_proxy: exempt };
}

/**
 * Makes `fetch` use the proxies of the environment. Returns a warning where this Node cannot: it was added in 24.14.
 * https://nodejs.org/api/http.html#httpsetglobalproxyfromenvproxyenv
 */
export function useProxies(env: NodeJS.ProcessEnv): string | undefined {
  const proxies = proxiesOf(env);
  if (proxies === undefined) return undefined;
  const set: unknown = Reflect.get(http, "setGlobalProxyFromEnv");
  if (typeof set === "function") set(proxies);
  else if (env["NODE_USE_ENV_PROXY"] !== "1")
    return `Node ${process.versions.node} ignores the proxy of the environment. Set NODE_USE_ENV_PROXY=1.`;
  return undefined;
}
