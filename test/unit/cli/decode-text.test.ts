import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { decodeText, EncodingError } from "../../../lib/operator/cli/decode-text.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { type StubbedApi, stubbedApi } from "./stubbed-api.ts";

const JSON_TEXT = '{"name":"Zoë 茶 🎉 \ufffd"}';
const utf8 = (text: string) => Buffer.from(text, "utf8");
const utf16le = (text: string) => Buffer.from(text, "utf16le");
const utf16be = (text: string) => utf16le(text).swap16();
const utf32le = (text: string) =>
  Buffer.from(Uint32Array.from([...text], (each) => each.codePointAt(0) ?? 0).buffer);
const bytes = (...values: number[]) => Buffer.from(values);

let api: StubbedApi;
let folder: string;
beforeEach(async () => {
  api = stubbedApi();
  api.answers["POST /failed-messages/k/edit"] = [{ outcome: "would send", generation: 1 }];
  folder = temporaryFolder();
});
afterEach(async () => {
  vi.unstubAllGlobals();
});

async function edit(content: Buffer) {
  const file = join(folder, "body.json");
  await writeFile(file, content);
  return api.run("failed", "edit", "k", "--file", file);
}

describe("K14: failed edit --file", () => {
  test.each([
    ["UTF-8", utf8(JSON_TEXT)],
    ["UTF-8 with a byte order mark", utf8(`\ufeff${JSON_TEXT}`)],
    ["UTF-16 LE with a byte order mark", utf16le(`\ufeff${JSON_TEXT}`)],
    ["UTF-16 BE with a byte order mark", utf16be(`\ufeff${JSON_TEXT}`)],
  ])("reads %s", async (_, content) => {
    const { code } = await edit(content);

    expect(code).toBe(0);
    expect(api.asked).toMatchObject([{ body: { body: JSON_TEXT } }]);
  });

  test.each([
    ["UTF-16 LE without a mark", utf16le(JSON_TEXT), "is UTF-16 without a byte order mark; save it as UTF-8"],
    ["UTF-16 BE without a mark", utf16be(JSON_TEXT), "is UTF-16 without a byte order mark; save it as UTF-8"],
    ["UTF-32 LE", utf32le(`\ufeff${JSON_TEXT}`), "is UTF-32; save it as UTF-8"],
    ["half a unit of UTF-16", bytes(0xff, 0xfe, 0x7b), "is UTF-16 with an incomplete character"],
    ["half a pair of UTF-16", bytes(0xff, 0xfe, 0x3d, 0xd8), "is UTF-16 with an incomplete character"],
    ["Latin-1", Buffer.from('{"a":"ë"}', "latin1"), "is not UTF-8: byte 0xeb at offset 6"],
    ["an invalid byte", bytes(0x22, 0x61, 0x62, 0xff, 0x22), "is not UTF-8: byte 0xff at offset 3"],
    ["a cut character", bytes(0x22, 0x61, 0xe8, 0x8c), "is not UTF-8: byte 0xe8 at offset 2"],
    [
      "an invalid byte after U+FFFD",
      bytes(0x22, 0xef, 0xbf, 0xbd, 0xc0),
      "is not UTF-8: byte 0xc0 at offset 4",
    ],
    [
      "an invalid byte after a mark",
      bytes(0xef, 0xbb, 0xbf, 0x22, 0x80),
      "is not UTF-8: byte 0x80 at offset 4",
    ],
    ["two marks", utf8("\ufeff\ufeff{}"), "is not JSON"],
    ["an empty file", bytes(), "is not JSON"],
    ["text", utf8("no JSON"), "is not JSON"],
  ])("refuses %s and names its encoding", async (_, content, expected) => {
    const { code, errors } = await edit(content);

    expect({ code, errors }).toEqual({ code: 1, errors: `${join(folder, "body.json")} ${expected}\n` });
    expect(api.asked).toEqual([]);
  });
});

test("K14: any bytes are decoded to their text, or refused", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 12 }), (content) => {
      try {
        const text = decodeText(content);
        const encoded = [
          utf8(text),
          utf8(`\ufeff${text}`),
          utf16le(`\ufeff${text}`),
          utf16be(`\ufeff${text}`),
        ];
        expect(encoded.some((each) => each.equals(content))).toBe(true);
      } catch (error) {
        if (!(error instanceof EncodingError)) throw error;
      }
    }),
  );
});
