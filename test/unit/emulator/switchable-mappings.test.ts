import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DataFolderError } from "../../../lib/emulator/data-lock.ts";
import { createMappings } from "../../../lib/emulator/event-sources/switchable-mappings.ts";
import { sqsMappingSpec } from "../../fixtures/mapping-specs.ts";

const SPEC = sqsMappingSpec();

let dataDir: string;
/** Starts and stops of the mapping, in order. */
let done: string[];
/** Ends the invocation in flight. */
let finish: () => void;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "mappings-"));
  done = [];
});
afterEach(() => rmSync(dataDir, { recursive: true }));

function opened(spec = SPEC) {
  const mappings = createMappings({ clock: { now: () => 1_000 }, dataDir });
  mappings.add(spec, () => {
    done.push("start");
    return {
      async stop() {
        await new Promise<void>((resolve) => {
          finish = resolve;
        });
        done.push("stop");
      },
    };
  });
  const [view] = mappings.list();
  if (view === undefined) throw new Error("There is no mapping.");
  return { mappings, uuid: view.uuid, state: () => mappings.list()[0]?.state };
}

describe("an event source mapping", () => {
  test("is disabled once its invocation in flight has ended, and refuses another switch until then", async () => {
    const { mappings, uuid, state } = opened();

    expect(mappings.switch(uuid, false)).toBe(true);
    expect(state()).toBe("Disabling");
    expect(mappings.switch(uuid, true)).toBe(false);
    finish();
    await expect.poll(state).toBe("Disabled");

    expect(done).toEqual(["start", "stop"]);
  });

  test("is enabled again", async () => {
    const { mappings, uuid, state } = opened();
    mappings.switch(uuid, false);
    finish();
    await expect.poll(state).toBe("Disabled");

    expect(mappings.switch(uuid, true)).toBe(true);
    expect(state()).toBe("Enabling");
    await expect.poll(state).toBe("Enabled");

    expect(done).toEqual(["start", "stop", "start"]);
  });

  test("that has the state already is not switched", () => {
    const { mappings, uuid, state } = opened();

    expect(mappings.switch(uuid, true)).toBe(true);

    expect(state()).toBe("Enabled");
    expect(done).toEqual(["start"]);
  });

  test("stays off after a restart of the emulator with its data", async () => {
    const { mappings, uuid, state } = opened();
    mappings.switch(uuid, false);
    finish();
    await expect.poll(state).toBe("Disabled");

    const restarted = opened();

    expect(restarted.state()).toBe("Disabled");
    expect(restarted.uuid).toBe(uuid);
    expect(done).toEqual(["start", "stop"]);
  });

  test.each(['{"x', "", '{"x":1}', "[1]"])(
    "is not started where the file of the mappings that are off is damaged: %s",
    (text) => {
      writeFileSync(join(dataDir, "mappings.json"), text);

      expect(() => opened()).toThrow(DataFolderError);
      expect(() => opened()).toThrow(/mappings\.json .* cannot be read .*--data\.$/);
      expect(done).toEqual([]);
    },
  );

  test("is switched by a new file in place of the old one, so that a crash leaves either", async () => {
    const { mappings, uuid, state } = opened();
    const file = join(dataDir, "mappings.json");
    writeFileSync(file, "[]");
    const { ino } = statSync(file);

    mappings.switch(uuid, false);
    finish();
    await expect.poll(state).toBe("Disabled");

    expect(statSync(file).ino).not.toBe(ino);
    expect(readdirSync(dataDir)).toEqual(["mappings.json"]);
  });

  test("that the template switches off does not start", () => {
    expect(opened({ ...SPEC, enabled: false }).state()).toBe("Disabled");
    expect(done).toEqual([]);
  });
});
