import { defineConfig } from "vitest/config";

/** The tests that have to notice a change of the middleware or the domain: fast ones, without a network. */
export default defineConfig({
  test: {
    include: ["test/unit/orders/**/*.test.ts", "test/unit/middleware/**/*.test.ts"],
    environment: "node",
    isolate: false,
    testTimeout: 10_000,
  },
});
