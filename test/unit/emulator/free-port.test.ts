import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test, vi } from "vitest";

const randomInt = vi.hoisted(() => vi.fn<(from: number, to: number) => number>());
vi.mock("node:crypto", () => ({ randomInt }));

const { freePort } = await import("../../../lib/emulator/services/free-port.ts");

test("a port in use is passed over, and none is one of outgoing connections", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const address = taken.address();
  const inUse = typeof address === "object" ? (address?.port ?? 0) : 0;
  let range: readonly [number, number] | undefined;
  randomInt.mockImplementation((from, to) => {
    const isFirst = range === undefined;
    range = [from, to];
    return isFirst ? inUse : from + Math.floor(Math.random() * (to - from));
  });

  const port = await freePort();

  taken.close();
  expect(port).not.toBe(inUse);
  // The first outgoing port of Linux, the lowest of the systems.
  expect(range?.[1]).toBeLessThanOrEqual(32_768);
});

test("an address that the system does not have is an error", async () => {
  randomInt.mockReturnValue(20_000);

  await expect(freePort("192.0.2.1")).rejects.toThrow("EADDRNOTAVAIL");
});
