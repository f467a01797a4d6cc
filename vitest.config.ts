import { defineConfig } from "vitest/config";

const project = (name: string, include: string[], testTimeout: number, more = {}) => ({
  test: { name, include, testTimeout, hookTimeout: 60_000, environment: "node" as const, ...more },
});
/** aws-cdk-lib takes seconds to load: files of one worker share it. */
const SHARED = { isolate: false };

export default defineConfig({
  test: {
    // More than two cores have: the end-to-end tests wait for time-outs most of their time.
    maxWorkers: 3,
    projects: [
      project("unit", ["test/unit/**/*.test.ts", "test/labs/chaos/**/*.test.ts"], 30_000),
      project("component", ["test/component/**/*.test.ts"], 20_000),
      project("contract", ["test/contract/**/*.test.ts"], 30_000),
      project("template", ["test/template/**/*.test.ts"], 60_000, SHARED),
      project("integration", ["test/integration/**/*.test.ts"], 60_000),
      project("model", ["test/labs/model/**/*.test.ts"], 60_000),
      project("simulation", ["test/labs/simulation/**/*.test.ts"], 120_000),
      // Cases wait for visibility time-outs most of their time.
      project("conformance", ["test/labs/conformance/**/*.test.ts"], 60_000, { maxConcurrency: 8 }),
      project("e2e", ["test/e2e/**/*.test.ts"], 120_000, { globalSetup: ["test/e2e/synthesized.ts"] }),
      // These two need a broker or a browser: they have commands of their own.
      project("kafka", ["test/kafka/**/*.test.ts"], 120_000),
      project("console", ["test/console/**/*.test.ts"], 120_000),
    ],
  },
});
