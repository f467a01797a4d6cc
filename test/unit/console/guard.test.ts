import { request as httpRequest } from "node:http";
import { expect, it } from "vitest";
import { OWN, startConsole } from "./start-console.ts";

/** The status of a request with headers that `fetch` would not send. */
function statusOf(
  url: string,
  path: string,
  headers: Record<string, string>,
  method = "GET",
): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(`${url}${path}`, { method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    outgoing.on("error", reject);
    outgoing.end();
  });
}

const PATH = "/console/api/queues";

it.each([
  ["a foreign name that resolves to 127.0.0.1", { host: "evil.example" }],
  ["a foreign name with a port", { host: "evil.example:80" }],
  ["a name that begins with localhost", { host: "localhost.evil.example" }],
  ["a page of another site", { origin: "http://evil.example" }],
  ["a page of another port", { origin: "http://127.0.0.1:1" }],
  ["a sandboxed page", { origin: "null" }],
  ["an image on another site", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" }],
  ["a frame on the same site", { "sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors" }],
])("a request of %s is refused", async (_, headers) => {
  const { url } = await startConsole();

  expect(await statusOf(url, PATH, headers)).toBe(403);
});

it.each([
  ["127.0.0.1", {}],
  ["localhost", { host: "localhost:1234" }],
  ["a link on another site", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" }],
  ["the page itself", { "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors" }],
])("a request of %s is served", async (_, headers) => {
  const { url } = await startConsole();

  expect(await statusOf(url, PATH, headers)).toBe(200);
});

it("a request with the page's own origin is served", async () => {
  const { url } = await startConsole();

  expect(await statusOf(url, PATH, { origin: url })).toBe(200);
});

it.each(["/break", "/mend", "/orders", "/failed-messages/x/redrive"])(
  "a form of another page posted to %s is refused and changes nothing",
  async (path) => {
    const { url, proxied, broken } = await startConsole();
    const headers = { "content-type": "text/plain" };

    const status = await statusOf(url, `/console/api${path}`, headers, "POST");

    expect([status, proxied, broken]).toEqual([403, [], []]);
  },
);

it("a CORS preflight is refused without access-control headers", async () => {
  const { request } = await startConsole();

  const { status, headers } = await request("/console/api/orders", {
    method: "OPTIONS",
    headers: { "access-control-request-headers": "x-order-events-console" },
  });

  expect(status).toBe(403);
  expect([...headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
});

it("without a session, data and page respond 401", async () => {
  const { request } = await startConsole({ hasSession: true });

  const responses = await Promise.all(
    ["/console/", PATH, "/console/?key=guess"].map((path) => request(path)),
  );

  expect(responses.map(({ status }) => status)).toEqual([401, 401, 401]);
});

it("the key is redeemed once, by GET; its cookie is limited to the console's path", async () => {
  const { request, session } = await startConsole({ hasSession: true });

  const head = await request(`/console/?key=${session.key}`, { method: "HEAD" });
  const first = await request(`/console/?key=${session.key}`);
  const cookie = first.headers.get("set-cookie") ?? "";
  const second = await request(`/console/?key=${session.key}`);
  const withCookie = await request(PATH, { headers: { ...OWN, cookie: cookie.split(";")[0] ?? "" } });
  const withWrongCookie = await request(PATH, { headers: { cookie: `${cookie.split("=")[0]}=guess` } });

  expect([head.status, head.headers.has("set-cookie")]).toEqual([401, false]);
  expect([first.status, first.headers.get("location")]).toEqual([303, "/console/"]);
  expect(cookie).toMatch(/; Path=\/console; HttpOnly; SameSite=Strict$/);
  expect(cookie).not.toContain(session.key);
  expect([second.status, withCookie.status, withWrongCookie.status]).toEqual([401, 200, 401]);
});
