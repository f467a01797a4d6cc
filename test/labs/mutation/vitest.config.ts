import { defineConfig } from "vitest/config";

/** The tests for mutants of the engine and the domain: fast, without a network. */
export default defineConfig({
  test: {
    include: ["test/unit/orders/**/*.test.ts", "test/unit/middleware/**/*.test.ts"],
    environment: "node",
    isolate: false,
    testTimeout: 10_000,
  },
});
