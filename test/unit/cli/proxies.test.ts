import { expect, test } from "vitest";
import { proxiesOf } from "../../../lib/operator/target/proxies.ts";

test.each([[{}], [{ HTTPS_PROXY: "" }], [{ NO_PROXY: "example.com" }]])("%o names no proxy", (env) => {
  expect(proxiesOf(env)).toBeUndefined();
});

test.each([
  [{ HTTPS_PROXY: "http://proxy:3128" }, "localhost,127.0.0.1,[::1]"],
  [{ http_proxy: "http://proxy:3128", no_proxy: "a.com" }, "a.com,localhost,127.0.0.1,[::1]"],
])("%o exempts loopback, where the emulator answers", (env, exempt) => {
  expect(proxiesOf(env)).toEqual({ ...env, NO_PROXY: exempt, no_proxy: exempt });
});
