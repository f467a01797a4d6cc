import { defineConfig } from "vitest/config";

/** Cases for an emulator with a broker and the bridge, started by `run-cases.ts` only. */
export default defineConfig({
  test: {
    name: "bridge",
    include: ["test/emulators/bridge/**/*.test.ts"],
    environment: "node",
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
