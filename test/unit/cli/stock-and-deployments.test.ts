import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type StubbedApi, stubbedApi } from "./stubbed-api.ts";

let api: StubbedApi;
beforeEach(() => {
  api = stubbedApi();
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const PLACED = { orderId: "A", status: "PENDING", lines: [] };
const methods = () => api.asked.map(({ method, path }) => `${method} ${path}`);

/** What the API of a deployment answers where it has nothing. */
const forbidden = () => Response.json({ code: "FORBIDDEN", title: "Forbidden" }, { status: 403 });

describe("orders place against a deployment", () => {
  const AWAY = ["--url", "https://api.example.com"];

  describe.each([AWAY, ["--url", "http://127.0.0.1:4566/restapis/a/prod/_user_request_"]])(
    "at %s %s",
    (...at) => {
      test.each([
        [[], "names its --sku"],
        [["--yes"], "names its --sku"],
        [["--sku", "tea"], "say --yes"],
      ])("with %j is wrong usage, and changes nothing", async (flags, said) => {
        vi.stubGlobal("fetch", async (input: string, { method }: RequestInit) => {
          expect([method, input]).toEqual(["GET", `${at[1]}/_emulator`]);
          return forbidden();
        });

        const { code, errors } = await api.run("orders", "place", ...flags, ...at);

        expect(code).toBe(3);
        expect(errors).toContain(said);
      });
    },
  );

  test.each([[["--stage", "prod"]], [["--profile", "ops", "--url", "https://x"]]])(
    "is known by %j, too",
    async (target) => {
      vi.stubEnv("AWS_REGION", "eu-central-1");
      vi.stubEnv("AWS_ACCESS_KEY_ID", "a");
      vi.stubEnv("AWS_SECRET_ACCESS_KEY", "b");
      const xml = "<OutputKey>ApiAddress</OutputKey><OutputValue>https://api.example.com</OutputValue>";
      vi.stubGlobal("fetch", async () => new Response(xml));

      const { code, errors } = await api.run("orders", "place", ...target);
      vi.unstubAllEnvs();

      expect(code).toBe(3);
      expect(errors).toContain("names its --sku");
    },
  );

  test("places what was named, and never touches stock", async () => {
    api.answers["POST /orders"] = [PLACED];

    const { code } = await api.run("orders", "place", "--sku", "tea", "--yes", "--no-wait", ...AWAY);

    expect(code).toBe(0);
    expect(methods().filter((each) => !each.endsWith("/_emulator"))).toEqual(["POST /orders"]);
  });
});

test("orders place on an emulator on this machine stocks up without --yes", async () => {
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

  test("asks again for stock while the API is out", async () => {
    api.answers["PUT /stock/load-1"] = [unavailable(), unavailable(), {}];
    api.answers["POST /orders"] = [Response.json(PLACED, { status: 202 })];
    api.answers["GET /orders/A"] = [{ status: "CONFIRMED" }];

    expect((await api.run(...few)).code).toBe(0);
    expect(methods().filter((each) => each.startsWith("PUT"))).toHaveLength(3);
  });

  test("says what is broken when that does not help", async () => {
    api.answers["PUT /stock/load-1"] = [unavailable()];
    api.answers["GET /_emulator/faults"] = [[{ text: "conflicts", rate: 1 }]];

    const { code, errors } = await api.run(...few);

    expect(code).toBe(1);
    expect(errors).toContain("the stock of load-1 could not be set: 503 UNAVAILABLE: out");
    expect(errors).toContain("conflicts is broken (100 % of calls)\nMend it:  order-events mend");
  });

  test("against a deployment needs --yes, also where it is named by its address", async () => {
    const { code, errors } = await api.run(...few, "--url", "https://api.example.com");

    expect(code).toBe(3);
    expect(errors).toContain("1 orders against a deployment: say --yes");
    expect(methods()).toEqual(["GET /_emulator"]);
  });

  test("fails where a watched order was not seen settled", async () => {
    api.answers["PUT /stock/load-1"] = [{}];
    api.answers["POST /orders"] = [Response.json(PLACED, { status: 202 })];
    api.answers["GET /orders/A"] = [PLACED];
    const now = performance.now.bind(performance);
    // Its fifteen seconds are over in one and a half.
    vi.spyOn(performance, "now").mockImplementation(() => now() * 10);

    const { code, text } = await api.run(...few);
    vi.restoreAllMocks();

    expect(code).toBe(1);
    expect(text).toMatch(
      / 1 orders placed, 0 refused .* 0 of 1 followed settled p50 - p99 -\n {2}1 of 1 followed not settled/,
    );
  });

  test("looks on at an order past a look that nobody answers, and counts it once", async () => {
    api.answers["PUT /stock/load-1"] = [{}];
    api.answers["POST /orders"] = [Response.json(PLACED, { status: 202 })];
    api.answers["GET /orders/A"] = [new Response("gone"), { status: "CONFIRMED" }];

    const { code, text } = await api.run(...few);

    expect(code).toBe(0);
    expect(text).toContain("  1 orders placed, 0 refused or unanswered  ");
    expect(text).toContain("  1 of 1 followed settled p50 ");
  });
});
