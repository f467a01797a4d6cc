#!/usr/bin/env node
import { existsSync } from "node:fs";

/** In the repository the source runs, in the package the compiled file. */
const SOURCE = new URL("./command-line.ts", import.meta.url);
const COMPILED = new URL("../dist/bin/command-line.js", import.meta.url);
const OLDEST = 22;

if (Number.parseInt(process.versions.node, 10) >= OLDEST) {
  await import((existsSync(SOURCE) ? SOURCE : COMPILED).href);
} else {
  process.stderr.write(
    `order-events needs Node ${OLDEST} or newer; this is Node ${process.versions.node} (${process.execPath}).\n`,
  );
  process.exitCode = 1;
}
