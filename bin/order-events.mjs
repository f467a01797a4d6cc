#!/usr/bin/env node
import { existsSync } from "node:fs";
import { runModule } from "./with-node.cjs";

/** In the repository the source runs, in the package the compiled file. */
const SOURCE = "./scripts/command-line.ts";
const COMPILED = "./scripts/command-line.js";

const isSource = existsSync(new URL(SOURCE, import.meta.url));
await runModule(
  isSource ? SOURCE : COMPILED,
  isSource ? {} : { oldest: "22.0.0", advice: "Install a newer one: https://nodejs.org" },
);
