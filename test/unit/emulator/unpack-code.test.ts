import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { beforeEach, expect, test } from "vitest";
import type { FunctionSpec } from "../../../lib/emulator/assembly/model.ts";
import { unpackCode } from "../../../lib/emulator/runtime/unpack-code.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

let folder: string;
beforeEach(async () => {
  folder = temporaryFolder();
});

const spec = (code: Pick<FunctionSpec, "assetDir"> & Partial<FunctionSpec>): FunctionSpec => ({
  name: "f",
  physicalName: "f",
  handler: "index.handler",
  timeoutMs: 1_000,
  memoryMb: 128,
  environment: {},
  ...code,
});

interface Entry {
  readonly name: string;
  readonly text: string;
  readonly stored?: boolean;
}

/** A zip file as tools write it: local headers, then the central directory. */
function zip(entries: readonly Entry[]): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const { name, text, stored = false } of entries) {
    const data = stored ? Buffer.from(text) : deflateRawSync(text);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(stored ? 0 : 8, 4);
    fields.writeUInt32LE(data.length, 14);
    fields.writeUInt32LE(Buffer.byteLength(text), 18);
    fields.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), fields, Buffer.from(name), data]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    central.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\0"), fields, tail, Buffer.from(name)]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

test("inline code is the file index.js of a folder, which is removed at the end", async () => {
  const code = await unpackCode([spec({ assetDir: "", inlineCode: "exports.handler = 1;" })]);

  const [unpacked] = code.functions;
  const dir = unpacked?.assetDir ?? "";
  expect(await readFile(join(dir, "index.js"), "utf8")).toBe("exports.handler = 1;");
  expect(unpacked).not.toHaveProperty("inlineCode");
  await code.close();
  await expect(stat(dir)).rejects.toThrow("ENOENT");
});

test("a zip file is unpacked, with its folders", async () => {
  const file = join(folder, "code.zip");
  await writeFile(
    file,
    zip([
      { name: "src/", text: "", stored: true },
      { name: "src/index.js", text: "a".repeat(10_000) },
      { name: "data/x.txt", text: "x", stored: true },
    ]),
  );

  const code = await unpackCode([spec({ assetDir: file })]);

  const dir = code.functions[0]?.assetDir ?? "";
  expect(await readFile(join(dir, "src/index.js"), "utf8")).toBe("a".repeat(10_000));
  expect(await readFile(join(dir, "data/x.txt"), "utf8")).toBe("x");
  await code.close();
});

test.each([
  ["no zip file", Buffer.from("hello"), "is no zip file"],
  ["a zip file with a path out of its folder", zip([{ name: "../x", text: "x" }]), "outside of its folder"],
])("%s is refused", async (_name, bytes, message) => {
  const file = join(folder, "code.zip");
  await writeFile(file, bytes);

  await expect(unpackCode([spec({ assetDir: file })])).rejects.toThrow(message);
});

test("a folder is run where it is", async () => {
  const { functions } = await unpackCode([spec({ assetDir: folder })]);

  expect(functions[0]?.assetDir).toBe(folder);
});
