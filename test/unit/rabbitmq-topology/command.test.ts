import { describe, expect, test } from "vitest";
import { reconcileTopology } from "../../../lib/rabbitmq-topology/reconcile-topology.ts";

const URL_ = ["--url", "http://127.0.0.1:15672"];
const USER = ["--user", "admin"];

async function run(args: readonly string[], password: string | undefined = "secret-1") {
  const out: string[] = [];
  const code = await reconcileTopology(args, {
    write: (text) => out.push(text),
    writeError: (text) => out.push(text),
    password,
    management: () => {
      throw new Error("No call is made.");
    },
  });
  return { code, text: out.join("") };
}

describe("npm run rabbitmq:topology", () => {
  test.each([["--help"], ["-h"]])("prints its help for %s", async (flag) => {
    expect(await run([flag])).toMatchObject({ code: 0, text: expect.stringContaining("--dry-run") });
  });

  test.each<[string, readonly string[], RegExp]>([
    ["no address", USER, /--url is required/],
    ["an address that is none", ["--url", "broker", ...USER], /--url is required/],
    ["another protocol", ["--url", "amqp://127.0.0.1", ...USER], /--url is required/],
    ["a login in the address", ["--url", "http://a:secret-2@127.0.0.1", ...USER], /takes no login/],
    ["no user", URL_, /--user is required/],
    ["an unknown flag", [...URL_, ...USER, "--force"], /--force/],
    ["an unknown setting", [...URL_, ...USER, "-c", "length=1"], /There is no setting "length"/],
    ["a setting out of range", [...URL_, ...USER, "-c", "rabbitmqQueueLength=0"], /rabbitmqQueueLength/],
  ])("refuses %s with exit code 3, and prints no password", async (_, args, message) => {
    const { code, text } = await run(args);

    expect(code).toBe(3);
    expect(text).toMatch(message);
    expect(text).not.toMatch(/secret-[12]/);
  });

  test.each([undefined, ""])("needs the password in the environment, not %o", async (password) => {
    const out: string[] = [];
    const code = await reconcileTopology([...URL_, ...USER], {
      write: (text) => out.push(text),
      writeError: (text) => out.push(text),
      password,
      management: () => {
        throw new Error("No call is made.");
      },
    });

    expect([code, out.join("")]).toEqual([3, expect.stringContaining("RABBITMQ_PASSWORD")]);
  });
});
