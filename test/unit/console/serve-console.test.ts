import { describe, expect, it } from "vitest";
import { ACCESS_DENIED } from "../../../functions/contract/errors.ts";
import { LIMITS } from "../../../functions/contract/limits.ts";
import { rolesByPolicy } from "../../../lib/operator/target/role-access.ts";
import { OWN, startConsole } from "./start-console.ts";

describe("the page", () => {
  it("is served with headers that forbid foreign scripts, frames and reads", async () => {
    const { request } = await startConsole();

    const { status, headers, body } = await request("/console/");

    expect({ status, body }).toEqual({ status: 200, body: "<!doctype html>" });
    expect(headers.get("content-security-policy")).toContain("default-src 'none'; script-src 'self'");
    expect(headers.get("content-security-policy")).not.toMatch(/unsafe|\*/);
    expect(headers.get("x-frame-options")).toBe("DENY");
    expect(headers.get("access-control-allow-origin")).toBeNull();
  });

  it.each(["/", "/console", "/elsewhere"])("is the redirect target of %s", async (path) => {
    const { request } = await startConsole();

    const { status, headers } = await request(path);

    expect([status, headers.get("location")]).toEqual([303, "/console/"]);
  });

  it.each(["/console/nothing.js", "/console/../../etc/passwd", "/console/%2e%2e%2f%2e%2e%2fetc%2fpasswd"])(
    "has no file %s",
    async (path) => {
      const { request } = await startConsole();

      const { status } = await request(path);

      expect(status).not.toBe(200);
    },
  );
});

describe("HEAD", () => {
  /** Headers of the connection. */
  const CONNECTION = new Set(["connection", "date", "keep-alive"]);

  it.each(["/console/", "/console/api/queues", "/console/api/orders/x"])(
    "of %s has the status and the headers of GET, and no body",
    async (path) => {
      const { request } = await startConsole();

      const [head, get] = [await request(path, { method: "HEAD" }), await request(path)];

      const shown = ({ headers }: typeof get) => [...headers].filter(([name]) => !CONNECTION.has(name));
      expect([head.status, shown(head)]).toEqual([get.status, shown(get)]);
      expect([head.body, get.body === ""]).toEqual(["", false]);
    },
  );

  it("is a GET to the product's API, which has no HEAD", async () => {
    const { request, proxied } = await startConsole();

    await request("/console/api/orders/x", { method: "HEAD" });

    expect(proxied.map(({ method }) => method)).toEqual(["GET"]);
  });
});

describe("data", () => {
  it.each([
    ["/queues", [expect.objectContaining({ consumer: "order-created" })]],
    ["/metrics?minutes=60", { stepSeconds: 60, at: [], series: [] }],
    ["/timeline?orderId=01ARZ3NDEKTSV4RRFFQ69G5FAV", { orderId: "01ARZ3NDEKTSV4RRFFQ69G5FAV", entries: [] }],
    [
      "/live?outcome=retry&after=7",
      { entries: [expect.objectContaining({ outcome: "retry" })], cursor: "7", isCut: false },
    ],
    ["/peek?queue=order-created", { queue: "order-created", messages: [], total: 0 }],
    ["/invocation?requestId=r-1", { requestId: "r-1", lines: [], isCut: false }],
    ["/faults", { targets: ["mail"], active: [] }],
    ["/mailbox", []],
    ["/functions", []],
    ["/logs", []],
  ])("of %s is served", async (path, expected) => {
    const { request } = await startConsole();

    expect(await request(`/console/api${path}`)).toMatchObject({ status: 200, body: expected });
  });

  it.each([
    ["/metrics?minutes=0", "minutes"],
    ["/metrics?minutes=181", "minutes"],
    ["/metrics?minutes=x", "minutes"],
    ["/timeline", "order id"],
    ["/invocation", "requestId"],
    ["/peek?queue=none", "Queues: order-created"],
    ["/timeline?orderId=' OR 1=1", "order id"],
  ])("requested by %s is refused with the valid values", async (path, message) => {
    const { request } = await startConsole();

    expect(await request(`/console/api${path}`)).toMatchObject({
      status: 400,
      body: { code: "INVALID_REQUEST", detail: expect.stringContaining(message) },
    });
  });

  it("that cannot be read has a response with the cause", async () => {
    const queues = () => Promise.reject(new Error("the credentials of prod have expired: aws sso login"));
    const { request } = await startConsole({
      data: {
        queues,
        metrics: queues,
        alarms: queues,
        timeline: queues,
        live: queues,
        invocation: queues,
        peek: queues,
      },
    });

    expect(await request("/console/api/queues")).toMatchObject({
      status: 500,
      body: { detail: "the credentials of prod have expired: aws sso login" },
    });
  });
});

describe("breaking and mending", () => {
  const post = (body: unknown) => ({ method: "POST", headers: OWN, body: JSON.stringify(body) });

  it("responds with the active faults", async () => {
    const { request, broken } = await startConsole();

    const { status, body } = await request(
      "/console/api/break",
      post({ target: "mail", rate: 0.5, forSeconds: 60 }),
    );

    expect([status, body]).toEqual([200, { targets: ["mail"], active: [] }]);
    expect(broken).toEqual([{ target: "mail", rate: 0.5, forSeconds: 60 }]);
  });

  it.each([
    [{}, "target"],
    [{ target: 7 }, "target"],
    [{ target: "mail", rate: "1" }, "rate"],
    [{ target: "moon" }, "there is only mail"],
  ])("%j is refused with the valid values", async (body, message) => {
    const { request, broken } = await startConsole();

    expect(await request("/console/api/break", post(body))).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining(message) },
    });
    expect(broken).toEqual([]);
  });

  it("is not found without the emulator", async () => {
    const { url, request } = await startConsole({ emulator: undefined as never });

    expect(await request("/console/api/break", post({ target: "mail" }))).toMatchObject({ status: 404 });
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:/);
  });
});

describe("a proxied request", () => {
  it("reaches the product's API with method, query, body and the allowed headers", async () => {
    const { request, proxied } = await startConsole();

    const { status, body } = await request("/console/api/orders?a=b", {
      method: "POST",
      headers: { ...OWN, "Idempotency-Key": "k", Cookie: "secret=1", Authorization: "secret" },
      body: '{"x":1}',
    });

    const [received] = proxied;
    expect([status, body]).toEqual([202, { handed: "on" }]);
    expect([received?.method, received?.url]).toEqual(["POST", "http://api.test/prod/orders?a=b"]);
    expect(await received?.text()).toBe('{"x":1}');
    expect(Object.fromEntries(received?.headers ?? [])).toEqual({
      "content-type": "application/json",
      "idempotency-key": "k",
    });
  });

  it.each(["/stock/tea", "/failed-messages/groups", "/jobs", "/jobs/job"])(
    "can have the path %s",
    async (path) => {
      const { request, proxied } = await startConsole();

      await request(`/console/api${path}`);

      expect(proxied.map(({ url }) => url)).toEqual([`http://api.test/prod${path}`]);
    },
  );

  it("that the operator's policies do not permit is refused with the role that it needs", async () => {
    const policies = { operator: "arn:aws:iam::123456789012:policy/operators" };
    const refused = async (detail: string) => Response.json({ code: "FORBIDDEN", detail }, { status: 403 });
    const api = (detail: string) => ({
      url: "http://api.test",
      getRole: rolesByPolicy(policies),
      fetch: () => refused(detail),
    });
    const read = async (detail: string) =>
      (await startConsole({ api: api(detail) })).request("/console/api/failed-message-bodies/k");

    expect(await read(ACCESS_DENIED)).toMatchObject({
      status: 403,
      body: {
        code: "FORBIDDEN",
        detail: expect.stringContaining(`role operator: attach ${policies.operator}`),
      },
    });
    expect(await read("The signature has expired.")).toMatchObject({
      status: 403,
      body: { detail: "The signature has expired." },
    });
  });

  it("keeps keys of failed messages unencoded", async () => {
    const { request, proxied } = await startConsole();

    await request("/console/api/failed-messages/order-created~A:1:order.created");

    expect(proxied[0]?.url).toBe("http://api.test/prod/failed-messages/order-created~A:1:order.created");
  });

  it.each(["/ordersx", "/openapi.json", "/orders/../secret", "/_emulator/faults"])(
    "cannot have the path %s",
    async (path) => {
      const { request, proxied } = await startConsole();

      await request(`/console/api${path}`);

      expect(proxied).toEqual([]);
    },
  );

  it.each([
    [new TypeError("fetch failed"), "No response from http://api.test"],
    [new Error("the credentials of prod have expired"), "the credentials of prod have expired"],
  ])("that fails with %s responds with the cause", async (error, message) => {
    const { request } = await startConsole({
      api: { url: "http://api.test", fetch: () => Promise.reject(error) },
    });

    expect(await request("/console/api/orders/x")).toMatchObject({
      status: 502,
      body: { code: "UNREACHABLE", detail: expect.stringContaining(message) },
    });
  });

  it("above the body limit of the API is refused with the limit", async () => {
    const { request, proxied } = await startConsole();
    const send = (bytes: number) =>
      request("/console/api/orders", { method: "POST", headers: OWN, body: "x".repeat(bytes) });

    const [taken, refused] = [await send(LIMITS.bodyBytes), await send(LIMITS.bodyBytes + 1)];

    expect([taken.status, proxied]).toEqual([202, [expect.anything()]]);
    expect(refused).toMatchObject({
      status: 413,
      body: { code: "BODY_TOO_LARGE", detail: expect.stringContaining("at most 65536 bytes") },
    });
  });
});

describe("a file of the page", () => {
  it("is sent compressed where the browser accepts that, and not again where it has it", async () => {
    const { request } = await startConsole();

    const first = await request("/console/index.html", { headers: { "Accept-Encoding": "gzip" } });
    const etag = first.headers.get("etag") ?? "";
    const again = await request("/console/index.html", { headers: { "If-None-Match": etag } });
    const changed = await request("/console/index.html", { headers: { "If-None-Match": '"other"' } });

    expect(first.headers.get("content-encoding")).toBe("gzip");
    expect(first.body).toBe("<!doctype html>");
    expect(again.status).toBe(304);
    expect(again.body).toBe("");
    expect(changed.status).toBe(200);
  });
});
