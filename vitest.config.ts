import { resolve } from "node:path";
import { defineConfig } from "vitest/config";
import { oneMoreConsumer } from "./test/one-more-consumer/plugin.ts";
import { useRunFolder } from "./test/temporary-folder.ts";

// Workers, and the processes that tests start, load compiled code instead of compiling it again.
process.env["NODE_COMPILE_CACHE"] ??= resolve(".cache/compiled");
useRunFolder();

/** An event that is awaited comes late on a busy machine; a test fails when it does not come at all. */
const POLL = { timeout: 30_000 };

const project = (name: string, include: string[], testTimeout: number, more = {}) => ({
  test: {
    name,
    include,
    testTimeout,
    hookTimeout: 120_000,
    environment: "node" as const,
    expect: { poll: POLL },
    ...more,
  },
});
/** Files of one worker share the modules they load, and what those keep. */
const SHARED = { isolate: false };
/** Tests of what follows from declarations: they hold for one more consumer as well. Bundles need its files in place. */
const OVER_ALL_CONSUMERS = ["test/template/**/!(bundle).test.ts"];
/** The list of consumers has one more line for the project. */
const withOneMore = (of: ReturnType<typeof project>) => ({ plugins: [oneMoreConsumer()], ...of });

const E2E = { ...SHARED, globalSetup: ["test/e2e/synthesized.ts"] };

export default defineConfig({
  test: {
    // More than two cores have: the end-to-end tests wait for time-outs most of their time.
    maxWorkers: 3,
    projects: [
      project("unit", ["test/unit/**/*.test.ts", "test/labs/chaos/**/*.test.ts"], 60_000, SHARED),
      // Files replace the adapters by mocks of their own.
      project("component", ["test/component/**/*.test.ts"], 60_000),
      project("contract", ["test/contract/**/*.test.ts"], 60_000, SHARED),
      // One worker, after the others: each that loads aws-cdk-lib needs seconds of processor time for it.
      project("template", ["test/template/**/*.test.ts"], 120_000, {
        ...SHARED,
        maxWorkers: 1,
        sequence: { groupOrder: 1 },
      }),
      project("integration", ["test/integration/{emulator,observe}/*.test.ts"], 120_000),
      withOneMore(project("simulation", ["test/labs/simulation/*.test.ts"], 120_000)),
      // Files share an emulator in each worker.
      project("e2e", ["test/e2e/*.test.ts"], 240_000, E2E),
      // These have commands of their own, which .ci/run calls: they are heavy and rarely fail, or need a broker or a browser.
      // Each file starts an emulator of its own, and breaks it.
      project("e2e-emulator", ["test/e2e/emulator/*.test.ts"], 240_000, E2E),
      // Starts each script of package.json.
      project("scripts", ["test/integration/*.test.ts"], 120_000),
      project("model", ["test/labs/model/**/*.test.ts"], 120_000),
      project("any-app", ["test/integration/any-app/*.test.ts"], 120_000),
      // Cases wait for visibility time-outs most of their time.
      project("conformance", ["test/labs/conformance/**/*.test.ts"], 240_000, { maxConcurrency: 8 }),
      withOneMore(
        project("one-more-consumer", ["test/one-more-consumer/*.test.ts", ...OVER_ALL_CONSUMERS], 120_000, {
          ...SHARED,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        }),
      ),
      // Builds and packs the package once.
      project("package", ["test/package/*.test.ts"], 120_000),
      // Runs npm run check and tests in a copy of the project.
      project("tutorial", ["test/tutorial/*.test.ts"], 600_000),
      withOneMore(project("mutants", ["test/labs/simulation/mutants/*.test.ts"], 600_000)),
      project("kafka", ["test/kafka/**/*.test.ts"], 120_000),
      // One broker at a time: each has a quorum to keep.
      project("rabbitmq", ["test/rabbitmq/**/*.test.ts"], 120_000, { maxWorkers: 1 }),
      project("console", ["test/console/**/*.test.ts"], 120_000),
    ],
  },
});
