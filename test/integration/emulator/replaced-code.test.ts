import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { temporaryFolder } from "../../temporary-folder.ts";
import { type ProbeHost, payloadOf, probeHost } from "./probe-host.ts";

const folder = temporaryFolder();
let host: ProbeHost;
afterEach(() => host.close());

/** A folder with a handler that answers with its turn, after some milliseconds. */
function codeOf(turn: number): string {
  const own = mkdtempSync(join(folder, `turn-${turn}-`));
  const answer = `new Promise((done) => setTimeout(done, 20, { turn: ${turn} }))`;
  writeFileSync(join(own, "probe.mjs"), `export const handler = () => ${answer};\n`);
  return own;
}

const turnOf = async (): Promise<number> => Number(payloadOf(await host.run({ do: "nothing" }))["turn"]);

test("new code answers the next invocation, and none that runs meanwhile is lost", async () => {
  host = probeHost({ assetDir: codeOf(0) }, { maxInstances: 3 });
  await host.warm(["probe"]);

  for (let turn = 1; turn <= 5; turn++) {
    const meanwhile = Array.from({ length: 8 }, turnOf);
    host.replaceCode("probe", codeOf(turn));

    expect(await turnOf()).toBe(turn);
    for (const answered of await Promise.all(meanwhile)) expect([turn - 1, turn]).toContain(answered);
  }
});

test("an instance that was starting when its code was replaced is not used again", async () => {
  host = probeHost({ assetDir: codeOf(0) });
  const warm = host.warm(["probe"]);
  host.replaceCode("probe", codeOf(1));
  await warm;

  expect(await turnOf()).toBe(1);
});

test("a function with a debugger has no time-out, and one instance at a time", async () => {
  host = probeHost(
    { timeoutMs: 50 },
    { debugging: { sourceMaps: true, inspectPort: () => 0 }, maxInstances: 5 },
  );

  const results = await Promise.all([1, 2].map(() => host.run({ do: "meet", ms: 200 })));

  expect(results.map(({ kind }) => kind)).toEqual(["ok", "ok"]);
  await expect.poll(() => host.lines.filter(({ text }) => /Debugger listening/.test(text)).length).toBe(1);
});
