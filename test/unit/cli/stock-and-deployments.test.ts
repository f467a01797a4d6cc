import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { someOrder } from "./some-order.ts";
import { type StubbedApi, stubbedApi } from "./stubbed-api.ts";

let api: StubbedApi;
beforeEach(() => {
  api = stubbedApi();
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const PLACED = someOrder({ status: "PENDING", version: 1 });
const methods = () => api.asked.map(({ method, path }) => `${method} ${path}`);

/** The response of a deployed API for an unknown path. */
const forbidden = () => Response.json({ code: "FORBIDDEN", title: "Forbidden" }, { status: 403 });

describe("orders place against a deployment", () => {
  const AWAY = ["--url", "https://api.example.com"];

  describe.each([AWAY, ["--url", "http://127.0.0.1:4566/restapis/a/prod/_user_request_"]])(
    "at %s %s",
    (...at) => {
      test.each([
        [[], "--sku is required"],
        [["--yes"], "--sku is required"],
        [["--sku", "tea"], "--yes is required"],
      ])("with %j is invalid usage and changes nothing", async (flags, message) => {
        vi.stubGlobal("fetch", async (input: string, { method }: RequestInit) => {
          expect([method, input]).toEqual(["GET", `${at[1]}/_emulator`]);
          return forbidden();
        });

        const { code, errors } = await api.run("orders", "place", ...flags, ...at);

        expect(code).toBe(3);
        expect(errors).toContain(message);
      });
    },
  );

  test.each([[["--stage", "prod"]], [["--profile", "ops", "--url", "https://x"]]])(
    "is recognized by %j",
    async (target) => {
      vi.stubEnv("AWS_REGION", "eu-central-1");
      vi.stubEnv("AWS_ACCESS_KEY_ID", "a");
      vi.stubEnv("AWS_SECRET_ACCESS_KEY", "b");
      const xml = "<OutputKey>ApiAddress</OutputKey><OutputValue>https://api.example.com</OutputValue>";
      vi.stubGlobal("fetch", async () => new Response(xml));

      const { code, errors } = await api.run("orders", "place", ...target);
      vi.unstubAllEnvs();

      expect(code).toBe(3);
      expect(errors).toContain("--sku is required");
    },
  );

  test("places the given order and never changes stock", async () => {
    api.answers["POST /orders"] = [PLACED];

    const { code } = await api.run("orders", "place", "--sku", "tea", "--yes", "--no-wait", ...AWAY);

    expect(code).toBe(0);
    expect(methods().filter((each) => !each.endsWith("/_emulator"))).toEqual(["POST /orders"]);
  });
});

test("orders place on the local emulator sets stock without --yes", async () => {
  api.answers["GET /_emulator"] = [{ url: "http://127.0.0.1:4010", functions: [] }];
  api.answers["PUT /stock/tea"] = [{}];
  api.answers["POST /orders"] = [PLACED];

  const { code } = await api.run("orders", "place", "--no-wait", "--url", "http://127.0.0.1:4010");

  expect(code).toBe(0);
  expect(methods()).toEqual(["GET /_emulator", "GET /stock/tea", "PUT /stock/tea", "POST /orders"]);
});

describe("load", () => {
  const unavailable = () => Response.json({ code: "UNAVAILABLE", title: "out" }, { status: 503 });
  const few = ["load", "--rate", "1", "--seconds", "1", "--skus", "1"];

  test("retries setting stock while the API is unavailable", async () => {
    api.answers["PUT /stock/load-1"] = [unavailable(), unavailable(), {}];
    api.answers["POST /orders"] = [Response.json(PLACED, { status: 202 })];
    api.answers["GET /orders/A"] = [someOrder()];

    expect((await api.run(...few)).code).toBe(0);
    expect(methods().filter((each) => each.startsWith("PUT"))).toHaveLength(3);
  });

  test("prints the active faults when the retries fail", async () => {
    api.answers["PUT /stock/load-1"] = [unavailable()];
    api.answers["GET /_emulator/faults"] = [[{ text: "conflicts", rate: 1 }]];

    const { code, errors } = await api.run(...few);

    expect(code).toBe(1);
    expect(errors).toContain("cannot set the stock of load-1: 503 UNAVAILABLE: out");
    expect(errors).toContain("conflicts is broken (100 % of calls)\nMend it:  order-events mend");
  });

  test("against a deployment needs --yes, also with --url", async () => {
    const { code, errors } = await api.run(...few, "--url", "https://api.example.com");

    expect(code).toBe(3);
    expect(errors).toContain("1 orders against a deployment: --yes is required");
    expect(methods()).toEqual(["GET /_emulator"]);
  });

  test("fails where a followed order is not decided in time, and polls it less often the longer it waits", async () => {
    api.answers["PUT /stock/load-1"] = [{}];
    api.answers["POST /orders"] = [Response.json(PLACED, { status: 202 })];
    api.answers["GET /orders/A"] = [PLACED];
    const now = performance.now.bind(performance);
    // The time-out of 60 s passes in 1.5 s.
    vi.spyOn(performance, "now").mockImplementation(() => now() * 40);

    const { code, text } = await api.run(...few);
    vi.restoreAllMocks();

    expect(code).toBe(1);
    // At the shortest pause there would be more than 30.
    expect(methods().filter((each) => each === "GET /orders/A").length).toBeLessThan(15);
    expect(text).toMatch(
      / 1 orders placed, 0 failed .* 0 of 1 followed orders decided p50 - p99 -\n {2}1 of 1 followed orders not decided within 60 s/,
    );
  });

  test("continues to poll an order after a failed request, and counts it once", async () => {
    api.answers["PUT /stock/load-1"] = [{}];
    api.answers["POST /orders"] = [Response.json(PLACED, { status: 202 })];
    api.answers["GET /orders/A"] = [new Response("gone"), someOrder()];

    const { code, text } = await api.run(...few);

    expect(code).toBe(0);
    expect(text).toContain("  1 orders placed, 0 failed  ");
    expect(text).toContain("  1 of 1 followed orders decided p50 ");
  });
});
