import { describe, expect, test } from "vitest";
import { foreignRequest } from "../../../lib/emulator/foreign-requests.ts";

const HOST = "127.0.0.1:4010";
const asked = (headers: Readonly<Record<string, string>>, method = "POST", links = false) =>
  foreignRequest({ method, headers: { host: HOST, ...headers } }, { links });

describe("K11: the guard of every port", () => {
  test.each([
    ["an SDK or curl", {}],
    ["curl with a form, as SNS takes", { "content-type": "application/x-www-form-urlencoded" }],
    ["the name localhost", { host: "localhost:1" }],
    ["the name in capitals", { host: "LOCALHOST" }],
    ["IPv6", { host: "[::1]:4010" }],
    ["the console's page", { origin: `http://${HOST}`, "content-type": "application/json" }],
    ["a page that sends no body", { origin: `http://${HOST}`, "sec-fetch-site": "same-origin" }],
    ["an address typed in the browser", { "sec-fetch-site": "none", "sec-fetch-mode": "navigate" }],
  ])("passes %s", (_name, headers: Record<string, string>) => {
    expect(asked(headers)).toBeUndefined();
  });

  test.each([
    ["a foreign name that resolves to loopback", { host: "evil.example" }],
    ["a foreign name that starts with localhost", { host: "localhost.evil.example:80" }],
    ["a foreign name that ends with 127.0.0.1", { host: "evil-127.0.0.1" }],
    ["no name", { host: "" }],
    ["a page of another site", { origin: "http://evil.example" }],
    ["a page of another port", { origin: "http://127.0.0.1:1" }],
    ["a page of another scheme", { origin: `https://${HOST}` }],
    ["a sandboxed page or a file", { origin: "null" }],
    [
      "a form of its own page",
      { origin: `http://${HOST}`, "content-type": "Application/X-WWW-Form-Urlencoded; a=b" },
    ],
    ["plain text of its own page", { origin: `http://${HOST}`, "content-type": "text/plain;charset=UTF-8" }],
    ["a file form of its own page", { origin: `http://${HOST}`, "content-type": "multipart/form-data" }],
    ["an image on another site", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" }],
    ["an image on another port", { "sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors" }],
  ])("refuses %s", (_name, headers: Record<string, string>) => {
    expect(asked(headers)).toEqual(expect.any(String));
  });

  test("a link on another site can open a page, and no service", () => {
    const link = {
      "sec-fetch-site": "cross-site",
      "sec-fetch-mode": "navigate",
      "sec-fetch-dest": "document",
    };

    expect(asked(link, "GET", true)).toBeUndefined();
    expect(asked({ ...link, "sec-fetch-dest": "iframe" }, "GET", true)).toEqual(expect.any(String));
    expect(asked(link, "POST", true)).toEqual(expect.any(String));
    expect(asked(link, "GET")).toEqual(expect.any(String));
  });
});
