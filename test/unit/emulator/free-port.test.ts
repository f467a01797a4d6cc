import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { freePort } from "../../../lib/emulator/services/free-port.ts";

test("a port in use is passed over, and none is one of outgoing connections", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const address = taken.address();
  const inUse = typeof address === "object" ? (address?.port ?? 0) : 0;
  let range: readonly [number, number] | undefined;
  const draw = (from: number, to: number) => {
    const isFirst = range === undefined;
    range = [from, to];
    return isFirst ? inUse : from + Math.floor(Math.random() * (to - from));
  };

  const port = await freePort("127.0.0.1", draw);

  taken.close();
  expect(port).not.toBe(inUse);
  // The first outgoing port of Linux, the lowest of the systems.
  expect(range?.[1]).toBeLessThanOrEqual(32_768);
});

test("an address that the system does not have is an error", async () => {
  await expect(freePort("192.0.2.1")).rejects.toThrow("EADDRNOTAVAIL");
});
