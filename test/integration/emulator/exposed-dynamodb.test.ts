import { afterEach, expect, test, vi } from "vitest";
import { startDynamoDb } from "../../../lib/emulator/services/dynamodb.ts";

// A system whose only loopback address is 127.0.0.1.
vi.mock("../../../lib/emulator/services/free-port.ts", async (original) => {
  const real = await original<typeof import("../../../lib/emulator/services/free-port.ts")>();
  return {
    ...real,
    freePort: (host: string) =>
      host === "127.0.0.1" ? real.freePort(host) : Promise.reject(new Error("EADDRNOTAVAIL")),
  };
});

afterEach(() => {
  vi.unstubAllEnvs();
});

test("K11: a database at an address that pages know reports its exposure", async () => {
  const service = await startDynamoDb({});

  expect(new URL(service.endpoint).hostname).toBe("127.0.0.1");
  expect(service.exposure).toMatch(/accepts requests of web pages/);
  vi.stubEnv("DYNAMODB_ENDPOINT", service.endpoint);
  expect((await startDynamoDb({})).exposure).toMatch(/does not guard it/);
  await service.close();
});
