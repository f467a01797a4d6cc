import { request } from "node:http";
import { expect, it } from "vitest";
import { OWN, openRig } from "./rig.ts";

/** The status of a request with headers that `fetch` would not send. */
function statusOf(
  url: string,
  path: string,
  headers: Record<string, string>,
  method = "GET",
): Promise<number> {
  return new Promise((resolve, reject) => {
    const asking = request(`${url}${path}`, { method, headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    asking.on("error", reject);
    asking.end();
  });
}

const PATH = "/console/api/queues";

it.each([
  ["a name that was pointed at this machine", { host: "evil.example" }],
  ["such a name with a port", { host: "evil.example:80" }],
  ["a name that only begins like ours", { host: "localhost.evil.example" }],
  ["a page of another site", { origin: "http://evil.example" }],
  ["a page of another port", { origin: "http://127.0.0.1:1" }],
  ["a sandboxed page", { origin: "null" }],
  ["an image on another site", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" }],
  ["a frame of a neighbour", { "sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors" }],
])("%s is refused", async (_, headers) => {
  const { url } = await openRig();

  expect(await statusOf(url, PATH, headers)).toBe(403);
});

it.each([
  ["this machine by its number", {}],
  ["this machine by its name", { host: "localhost:1234" }],
  ["a link on another site", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" }],
  ["the page itself", { "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors" }],
])("%s is answered", async (_, headers) => {
  const { url } = await openRig();

  expect(await statusOf(url, PATH, headers)).toBe(200);
});

it("the page's own origin is answered", async () => {
  const { url } = await openRig();

  expect(await statusOf(url, PATH, { origin: url })).toBe(200);
});

it.each(["/break", "/mend", "/orders", "/failed-messages/x/redrive"])(
  "a form that another page sends to %s changes nothing",
  async (path) => {
    const { url, asked, broken } = await openRig();
    const headers = { "content-type": "text/plain" };

    const status = await statusOf(url, `/console/api${path}`, headers, "POST");

    expect([status, asked, broken]).toEqual([403, [], []]);
  },
);

it("a question before a request of another site is not answered with leave", async () => {
  const { ask } = await openRig();

  const { status, headers } = await ask("/console/api/orders", {
    method: "OPTIONS",
    headers: { "access-control-request-headers": "x-order-events-console" },
  });

  expect(status).toBe(403);
  expect([...headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
});

it("without a pass nobody is let in, neither to data nor to the page", async () => {
  const { ask } = await openRig({ hasPass: true });

  const answers = await Promise.all(["/console/", PATH, "/console/?key=guess"].map((path) => ask(path)));

  expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
});

it("the key lets one browser in, once; its cookie goes nowhere else", async () => {
  const { ask, pass } = await openRig({ hasPass: true });

  const looked = await ask(`/console/?key=${pass.key}`, { method: "HEAD" });
  const first = await ask(`/console/?key=${pass.key}`);
  const cookie = first.headers.get("set-cookie") ?? "";
  const second = await ask(`/console/?key=${pass.key}`);
  const known = await ask(PATH, { headers: { ...OWN, cookie: cookie.split(";")[0] ?? "" } });
  const guessed = await ask(PATH, { headers: { cookie: `${cookie.split("=")[0]}=guess` } });

  expect([looked.status, looked.headers.has("set-cookie")]).toEqual([401, false]);
  expect([first.status, first.headers.get("location")]).toEqual([303, "/console/"]);
  expect(cookie).toMatch(/; Path=\/console; HttpOnly; SameSite=Strict$/);
  expect(cookie).not.toContain(pass.key);
  expect([second.status, known.status, guessed.status]).toEqual([401, 200, 401]);
});
