const UTF_8_MARK = [0xef, 0xbb, 0xbf];

/** Byte order marks of other encodings; that of UTF-32 little-endian begins with that of UTF-16. */
const MARKS = [
  { mark: [0xff, 0xfe, 0x00, 0x00], encoding: undefined },
  { mark: [0x00, 0x00, 0xfe, 0xff], encoding: undefined },
  { mark: [0xff, 0xfe], encoding: "utf-16le" },
  { mark: [0xfe, 0xff], encoding: "utf-16be" },
] as const;

/** The bytes of a file are no text that can be read. The message completes the name of the file. */
export class EncodingError extends Error {
  override readonly name = "EncodingError";
}

/**
 * The text of a file: UTF-8, with or without byte order mark, or UTF-16 with one. Throws EncodingError for anything
 * else. The text has to begin with an ASCII character, as JSON does: UTF-16 without a mark is recognized by it.
 */
export function decodeText(bytes: Uint8Array): string {
  const found = MARKS.find(({ mark }) => startsWith(bytes, mark));
  if (found !== undefined) {
    if (found.encoding === undefined) throw new EncodingError("is UTF-32; save it as UTF-8");
    return decodeUtf16(bytes, found.encoding);
  }
  const [first, second] = bytes;
  if (first !== undefined && second !== undefined && (first === 0) !== (second === 0))
    throw new EncodingError("is UTF-16 without a byte order mark; save it as UTF-8");
  return decodeUtf8(bytes);
}

const startsWith = (bytes: Uint8Array, mark: readonly number[]) =>
  mark.every((byte, index) => bytes[index] === byte);

function decodeUtf16(bytes: Uint8Array, encoding: string): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new EncodingError("is UTF-16 with an incomplete character", { cause });
  }
}

function decodeUtf8(bytes: Uint8Array): string {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  const offset = invalidOffset(bytes, text);
  if (offset !== undefined) {
    const byte = bytes[offset]?.toString(16).padStart(2, "0");
    throw new EncodingError(`is not UTF-8: byte 0x${byte} at offset ${offset}`);
  }
  return startsWith(bytes, UTF_8_MARK) ? text.slice(1) : text;
}

/** Where the first replaced byte is. A file may hold U+FFFD itself. */
function invalidOffset(bytes: Uint8Array, text: string): number | undefined {
  let offset = 0;
  for (const character of text) {
    if (character === "\ufffd" && !startsWith(bytes.subarray(offset), [0xef, 0xbf, 0xbd])) return offset;
    offset += Buffer.byteLength(character);
  }
  return undefined;
}
