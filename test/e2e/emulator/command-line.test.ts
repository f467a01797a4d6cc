import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../../temporary-folder.ts";
import { attach } from "../attach.ts";
import { EMULATOR_FILE, type Ended, type Running, run } from "../child-process.ts";
import { EMULATOR_STARTS_MS } from "../emulator-target.ts";
import { failedKey, put } from "../messages.ts";
import { descendantsOf, isAlive } from "../processes.ts";
import { untilTrue } from "../until.ts";

let dataDir: string;
let program: Running;
let url: string;

async function start(): Promise<void> {
  program = run("bin/start.ts", "--port", "0", "--data", dataDir);
  const [, address = ""] = await program.line(/(http:\/\/127\.0\.0\.1:\d+)/);
  url = address;
}

/** Stops the emulator as Ctrl-C does. */
async function interrupt(): Promise<Ended & { readonly elapsedMs: number }> {
  const startedAt = performance.now();
  program.process.kill("SIGINT");
  const ended = await program.ended;
  return { ...ended, elapsedMs: performance.now() - startedAt };
}

beforeAll(async () => {
  dataDir = temporaryFolder();
  await start();
}, EMULATOR_STARTS_MS);
afterAll(async () => {
  program.process.kill("SIGKILL");
  await program.ended;
  await rm(dirname(EMULATOR_FILE), { recursive: true, force: true });
});

const cli = (...args: readonly string[]) => run("bin/order-events.mjs", ...args).ended;
const json = async (...args: readonly string[]) => {
  const { code, stdout, stderr } = await cli(...args, "--json", "--url", url);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout) as Record<string, unknown>;
};

describe("order-events with a running emulator", () => {
  it("counts stock, places an order, shows and cancels it", async () => {
    const counted = await json("stock", "set", "cocoa", "9");
    const placed = await json("orders", "place", "--sku", "cocoa", "--quantity", "4");
    const held = await json("stock", "show", "cocoa");
    const shown = await json("orders", "show", String(placed["orderId"]));
    const cancelled = await json("orders", "cancel", String(placed["orderId"]));

    expect(counted).toEqual({ sku: "cocoa", onHand: 9, held: 0, available: 9 });
    expect(placed).toMatchObject({ status: "CONFIRMED", elapsedMs: expect.any(Number) });
    expect(held).toEqual({ sku: "cocoa", onHand: 9, held: 4, available: 5 });
    expect(shown).toMatchObject({ orderId: placed["orderId"], status: "CONFIRMED" });
    expect(cancelled).toMatchObject({ status: "CANCELLED", version: 3 });
  });

  it("finds the latest emulator and prints each status of an order", async () => {
    const { code, stdout } = await cli("orders", "place");

    expect(code).toBe(0);
    expect(stdout).toMatch(/^PENDING +\d+ ms {3}\w{26} {2}1 × tea/m);
    expect(stdout).toMatch(/^CONFIRMED +\d+ ms {3}\w{26} {2}1 × tea/m);
  });

  it("shows a failed message", async () => {
    const target = await attach(url);
    await put(target, "order-created", "no event");
    await target.close();
    const key = failedKey("order-created", "no event");
    await untilTrue("it is parked", async () => (await cli("failed", "show", key, "--url", url)).code === 0);

    expect(await json("failed", "show", key)).toMatchObject({ reason: "MALFORMED_JSON", body: "no event" });
  });

  it("breaks the mail, repairs it, and names what is left", async () => {
    const broken = await cli("break", "mail", "--for", "1m", "--url", url);
    const mended = await cli("mend", "--url", url);

    expect(broken).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("mail is broken (100 % of calls"),
    });
    expect(mended).toMatchObject({
      code: 0,
      stdout: "no fault is active\n",
      stderr: expect.stringContaining("order-events status"),
    });
  });

  it.each([
    ["an unknown command", ["orders", "eat"], /Unknown command "orders eat"/],
    ["an unknown flag", ["orders", "place", "--colour", "green"], /--colour/],
    ["a missing argument", ["orders", "show"], /one argument: <orderId>/],
    [
      "an invalid quantity",
      ["orders", "place", "--quantity", "many"],
      /--quantity must be a whole number from 1/,
    ],
    ["an invalid rate", ["break", "mail", "--rate", "7"], /--rate must be above 0 and at most 1/],
  ])("ends with 3 and the error for %s", async (_, args, expected) => {
    const { code, stdout, stderr } = await cli(...args);

    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toMatch(expected);
  });

  it("without arguments ends with 3 and the list of commands", async () => {
    const { code, stdout } = await cli();

    expect(code).toBe(3);
    expect(stdout).toMatch(/^ {2}order-events orders place/m);
  });

  it("ends with 1 and the problem code of a refused request", async () => {
    const { code, stderr } = await cli("orders", "show", "nothing", "--url", url);

    expect(code).toBe(1);
    expect(stderr).toMatch(/^404 ORDER_NOT_FOUND: .*\(request [\w-]+\)\n$/);
  });

  it("sends messages that cannot be processed, which are parked under the printed keys", async () => {
    const put = (await json("break", "message")) as unknown as { failedKey: string }[];

    const reasons = new Map<string, unknown>();
    await untilTrue("both are parked", async () => {
      for (const { failedKey: key } of put) {
        const { code, stdout } = await cli("failed", "show", key, "--json", "--url", url);
        if (code === 0) reasons.set(key, JSON.parse(stdout).reason);
      }
      return reasons.size === 2;
    });
    expect([...reasons.values()].toSorted()).toEqual(["MALFORMED_JSON", "UNKNOWN_ORDER"]);
  });

  it.each([
    [3, "there is nothing of that name", "function:nothing", "table:stock"],
    [1, "there is no broker", "kafka", "npm start -- --kafka"],
  ])("ends with %d and a hint when %s to break", async (expectedCode, _, name, expected) => {
    const { code, stderr } = await cli("break", name, "--url", url);

    expect(code).toBe(expectedCode);
    expect(stderr).toContain(expected);
  });

  it("lists the subcommands of a first word", async () => {
    const { code, stderr } = await cli("failed");

    expect(code).toBe(3);
    expect(stderr).toMatch(/^Missing subcommand. Available:\n {2}order-events failed status/);
    expect(stderr).not.toContain("order-events orders place");
  });
});

describe("npm start", () => {
  it("names the flag where its port is in use", async () => {
    const { port } = new URL(url);
    const { code, stderr } = await run("bin/start.ts", "--port", port).ended;

    expect(code).toBe(1);
    expect(stderr).toContain(`Port ${port} is in use. Choose another:  --port ${Number(port) + 1}`);
  });

  it("ends with 3 for an unknown flag", async () => {
    const { code, stderr } = await run("bin/start.ts", "--prot", "4010").ended;

    expect(code).toBe(3);
    expect(stderr).toMatch(/--prot.*\nSee npm start -- --help\n$/s);
  });

  it("ends within three seconds after Ctrl-C, and leaves no process behind", async () => {
    const children = await descendantsOf(program.process.pid ?? 0);

    const { code, elapsedMs } = await interrupt();

    expect(code).toBe(0);
    expect(elapsedMs).toBeLessThan(3_000);
    expect(children.length).toBeGreaterThan(1);
    await untilTrue("its processes are gone", async () => !children.some(isAlive));
  });

  it("once stopped, is reported by order-events in one line with the start command", async () => {
    const { code, stdout, stderr } = await cli("orders", "place");

    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toBe("no emulator is running. Start it:  npm start   (or pass --url)\n");
  });

  it("without an emulator, order-events prints the address without a connection", async () => {
    const { code, stderr } = await cli("orders", "place", "--url", url);

    expect(code).toBe(1);
    expect(stderr).toBe(`cannot connect to ${url} (ECONNREFUSED). Start the emulator:  npm start\n`);
  });

  it("restores everything from its data folder", async () => {
    await start();

    expect(await json("stock", "show", "cocoa")).toEqual({ sku: "cocoa", onHand: 9, held: 0, available: 9 });
    expect(await json("orders", "place", "--sku", "cocoa")).toMatchObject({ status: "CONFIRMED" });
    expect(await interrupt()).toMatchObject({ code: 0 });
  });
});
