import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve, sep } from "node:path";
import { inflateRawSync } from "node:zlib";
import type { FunctionSpec } from "../assembly/model.ts";
import { AssemblyError } from "../assembly/template-values.ts";

/** Functions whose code is in a folder each, and the removal of the folders that were made for them. */
export interface UnpackedCode {
  readonly functions: readonly FunctionSpec[];
  close(): Promise<void>;
}

/** Writes inline code and unpacks zip files, as Lambda does. Bundles that are folders are run where they are. */
export async function unpackCode(functions: readonly FunctionSpec[]): Promise<UnpackedCode> {
  let folder: string | undefined;
  const newFolder = async (index: number) => {
    folder ??= await mkdtemp(join(tmpdir(), "order-events-code-"));
    const own = join(folder, String(index));
    await mkdir(own);
    return own;
  };
  const unpacked: FunctionSpec[] = [];
  for (const [index, { inlineCode, ...spec }] of functions.entries()) {
    if (inlineCode !== undefined) {
      const own = await newFolder(index);
      await writeFile(join(own, "index.js"), inlineCode);
      unpacked.push({ ...spec, assetDir: own });
    } else if (await isFile(spec.assetDir)) {
      const own = await newFolder(index);
      await unzip(spec.assetDir, own);
      unpacked.push({ ...spec, assetDir: own });
    } else unpacked.push(spec);
  }
  return {
    functions: unpacked,
    async close() {
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

const END_OF_DIRECTORY = 0x06054b50;
const STORED = 0;
const DEFLATED = 8;

/** https://pkwaredownloads.blob.core.windows.net/pem/APPNOTE.txt, without encryption and ZIP64. */
async function unzip(file: string, folder: string): Promise<void> {
  const zip = await readFile(file);
  let end = zip.length - 22;
  while (end >= 0 && zip.readUInt32LE(end) !== END_OF_DIRECTORY) end -= 1;
  if (end < 0) throw new AssemblyError(`${file} is no zip file`);
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [method, packed] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20)];
    const [nameLength, extraLength] = [zip.readUInt16LE(at + 28), zip.readUInt16LE(at + 30)];
    const name = zip.toString("utf8", at + 46, at + 46 + nameLength);
    const header = zip.readUInt32LE(at + 42);
    const start = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
    const bytes = zip.subarray(start, start + packed);
    await writeEntry(file, folder, name, method, bytes);
    at += 46 + nameLength + extraLength + zip.readUInt16LE(at + 32);
  }
}

async function writeEntry(file: string, folder: string, name: string, method: number, bytes: Buffer) {
  const path = resolve(folder, name);
  if (!path.startsWith(folder + sep)) throw new AssemblyError(`${file} holds ${name}, outside of its folder`);
  if (method !== STORED && method !== DEFLATED)
    throw new AssemblyError(`${file}: ${name} is compressed by method ${method}, not by deflate`);
  if (name.endsWith("/")) {
    await mkdir(path, { recursive: true });
    return;
  }
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, method === STORED ? bytes : inflateRawSync(bytes));
}
