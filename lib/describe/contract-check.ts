/**
 * `npm run contract:check` compares openapi.json and asyncapi.json with the released documents, which are committed: a
 * shallow clone has no earlier commits.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { scriptFlags } from "../script-flags.ts";
import { onClosedOutput } from "../terminal.ts";
import { asyncapiChanges, type Document, isNewMajor, openapiChanges } from "./breaking-changes.ts";

const CONTRACT = new URL("../../functions/contract/", import.meta.url);
const DOCUMENTS = [
  { name: "openapi.json", changes: openapiChanges, source: "lib/describe/openapi.ts" },
  { name: "asyncapi.json", changes: asyncapiChanges, source: "lib/describe/asyncapi.ts" },
] as const;

const HELP = `npm run contract:check -- [flags]: refuses a breaking change of the API or of events, unless the major version goes up

  --release   makes the current documents the released ones, if there is no such change
  --help, -h  prints this text

Compares functions/contract/openapi.json and asyncapi.json with functions/contract/released/.
Example:  npm run contract:check

Exit code: 0 when nothing breaks, 1 when a change breaks, 3 for an unknown flag.
`;

export interface Checked {
  readonly isRefused: boolean;
  readonly lines: readonly string[];
}

/** The result for one document. */
export function checkDocument(
  { name, changes, source }: (typeof DOCUMENTS)[number],
  released: Document,
  current: Document,
): Checked {
  const { breaking, notable } = changes(released, current);
  const versions = `${released.info.version} → ${current.info.version}`;
  const notes = notable.map((each) => `  note: ${each}`);
  if (breaking.length === 0)
    return { isRefused: false, lines: [`${name}: nothing breaks (${versions})`, ...notes] };
  const listed = breaking.map((each) => `  ${each}`);
  if (isNewMajor(released, current))
    return {
      isRefused: false,
      lines: [`${name}: breaks, as its version says (${versions})`, ...listed, ...notes],
    };
  const count = breaking.length === 1 ? "1 change breaks" : `${breaking.length} changes break`;
  return {
    isRefused: true,
    lines: [
      `${name}: ${count} readers of version ${released.info.version}`,
      ...listed,
      ...notes,
      `  Keep what was there and add to it. Or raise the major version in ${source}, and run  npm run generate`,
    ],
  };
}

const read = (path: string): Document => JSON.parse(readFileSync(new URL(path, CONTRACT), "utf8"));

if (import.meta.main) {
  onClosedOutput();
  const { release } = scriptFlags(HELP, (args) => {
    return parseArgs({ args: [...args], options: { release: { type: "boolean", default: false } } }).values;
  });
  for (const document of DOCUMENTS) {
    const { name } = document;
    const isReleased = existsSync(new URL(`released/${name}`, CONTRACT));
    const current = read(name);
    const { isRefused, lines } = isReleased
      ? checkDocument(document, read(`released/${name}`), current)
      : {
          isRefused: !release,
          lines: [`${name}: no released document. Run  npm run contract:check -- --release`],
        };
    process.stdout.write(lines.map((line) => `${line}\n`).join(""));
    if (isRefused) process.exitCode = 1;
  }
  if (release && process.exitCode !== 1) {
    mkdirSync(new URL("released/", CONTRACT), { recursive: true });
    for (const { name } of DOCUMENTS)
      writeFileSync(new URL(`released/${name}`, CONTRACT), readFileSync(new URL(name, CONTRACT)));
    process.stdout.write("The current documents are the released ones.\n");
  }
}
