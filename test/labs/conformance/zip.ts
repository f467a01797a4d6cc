import { crc32 } from "node:zlib";

const LOCAL_HEADER = 0x04034b50;
const CENTRAL_HEADER = 0x02014b50;
const END = 0x06054b50;
const VERSION = 20;

/** Little-endian fields of two or four bytes. */
const fields = (...values: readonly (readonly [2 | 4, number])[]): Buffer => {
  const buffer = Buffer.alloc(values.reduce((size, [bytes]) => size + bytes, 0));
  let at = 0;
  for (const [bytes, value] of values) at = buffer.writeUIntLE(value, at, bytes);
  return buffer;
};

/** An uncompressed zip archive of one file, for CreateFunction. */
export const zipOf = (fileName: string, content: Buffer): Buffer => {
  const name = Buffer.from(fileName);
  const size = content.length;
  // Version, flags, method and time; checksum; both sizes; lengths of the name and of nothing more.
  const about = fields([2, VERSION], [2, 0], [2, 0], [4, 0], [4, crc32(content)], [4, size], [4, size]);
  const lengths = fields([2, name.length], [2, 0]);
  const local = Buffer.concat([fields([4, LOCAL_HEADER]), about, lengths, name, content]);
  const rest = fields([2, 0], [2, 0], [2, 0], [4, 0o100644 * 0x10000], [4, 0]);
  const central = Buffer.concat([fields([4, CENTRAL_HEADER], [2, VERSION]), about, lengths, rest, name]);
  const end = fields(
    [4, END],
    [2, 0],
    [2, 0],
    [2, 1],
    [2, 1],
    [4, central.length],
    [4, local.length],
    [2, 0],
  );
  return Buffer.concat([local, central, end]);
};
