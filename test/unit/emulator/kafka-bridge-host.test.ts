import { describe, expect, it } from "vitest";
import { lambdaHost } from "../../../lib/emulator/kafka/bridge/kafka-bridge-host.ts";

const FUNCTION = { name: "order-events-kafka", physicalName: "order-events-local-order-events-kafka" };

/** A host before a Lambda with this response; its requests and its output. */
function hostOn(send: typeof fetch, timeoutMs = 5_000) {
  const log: string[] = [];
  const requests: { url: string; body: unknown }[] = [];
  const host = lambdaHost({
    functions: [{ ...FUNCTION, timeoutMs }],
    origin: "http://127.0.0.1:4566",
    send: (url, init) => {
      requests.push({ url: String(url), body: JSON.parse(String(init?.body)) });
      return send(url, init);
    },
    log: (text) => log.push(text),
  });
  return { host, log, requests };
}

const responding = (status: number, body: string, headers: Record<string, string> = {}) =>
  hostOn(async () => new Response(body, { status, headers }));
const failing = (payload: object) =>
  responding(200, JSON.stringify(payload), { "X-Amz-Function-Error": "Unhandled" });

describe("functions behind Lambda's API", () => {
  it("are invoked by their physical name with the unchanged event", async () => {
    const { host, requests } = responding(200, '{"batchItemFailures":[]}');

    const result = await host.invoke("order-events-kafka", { records: {} });

    expect(requests).toEqual([
      {
        url: `http://127.0.0.1:4566/2015-03-31/functions/${FUNCTION.physicalName}/invocations`,
        body: { records: {} },
      },
    ]);
    expect(result).toEqual({ kind: "ok", payload: { batchItemFailures: [] } });
  });

  it.each([
    ["nothing", "", null],
    ["null", "null", null],
    ["text that is not JSON", "<html>", "<html>"],
  ])("can return %s", async (_, body, payload) => {
    const { host } = responding(200, body);

    const result = await host.invoke("order-events-kafka", {});

    expect(result).toEqual({ kind: "ok", payload });
  });

  it.each([
    [
      "throws",
      { errorType: "TypeError", errorMessage: "no" },
      { kind: "error", errorType: "TypeError", errorMessage: "no" },
    ],
    ["times out, as AWS reports it", { errorType: "Sandbox.Timedout" }, { kind: "timeout" }],
    [
      "times out, as older runtimes report it",
      { errorMessage: "2026-01-01T00:00:00Z x Task timed out after 5.00 seconds" },
      { kind: "timeout" },
    ],
    [
      "dies",
      { errorType: "Runtime.ExitError", errorMessage: "exit status 1" },
      { kind: "crashed", detail: "Runtime.ExitError: exit status 1" },
    ],
  ])("one that %s fails the batch", async (_, payload, expected) => {
    const { host } = failing(payload);

    const result = await host.invoke("order-events-kafka", {});

    expect(result).toEqual(expected);
  });

  it.each([429, 500, 503])(
    "with the service response %i are throttled, and no retry is used",
    async (status) => {
      const { host, log } = responding(status, "{}");

      const result = await host.invoke("order-events-kafka", {});

      expect(result).toEqual({ kind: "throttled" });
      expect(log).toEqual([`order-events-kafka is throttled (${status})`]);
    },
  );

  it("are throttled while Lambda is unreachable", async () => {
    const { host, log } = hostOn(() => Promise.reject(new TypeError("fetch failed")));

    const result = await host.invoke("order-events-kafka", {});

    expect(result).toEqual({ kind: "throttled" });
    expect(log).toEqual(["order-events-kafka cannot be invoked: TypeError: fetch failed"]);
  });

  it("that are not deployed reject with the remedy", async () => {
    const { host } = responding(404, "{}");

    const invoked = host.invoke("order-events-kafka", {});

    await expect(invoked).rejects.toThrow(
      `The function ${FUNCTION.physicalName} does not exist. Deploy the stacks with Kafka.`,
    );
  });

  it("whose request is refused reject with the reason", async () => {
    const { host } = responding(413, "too large");

    await expect(host.invoke("order-events-kafka", {})).rejects.toThrow("413 too large");
  });

  it("that are missing in the assembly reject", async () => {
    const { host, requests } = responding(200, "{}");

    await expect(host.invoke("order-created", {})).rejects.toThrow("has no function order-created");
    expect(requests).toEqual([]);
  });
});
