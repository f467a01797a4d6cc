import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { printable, printableJson, printableLine } from "../../lib/terminal-text.ts";
import { hostileText, unprintableIn } from "../fixtures/unprintable.ts";

describe("K13: text for a terminal", () => {
  test.each([
    ["the C1 control CSI", "\u009b31m", "\\u{9b}31m"],
    ["ESC", "\u001b[2J", "\\u{1b}[2J"],
    ["a carriage return", "a\rb", "a\\u{d}b"],
    ["a tab", "a\tb", "a\\u{9}b"],
    ["DEL", "\u007f", "\\u{7f}"],
    ["an override of the direction", "\u202egnp.exe", "\\u{202e}gnp.exe"],
    ["an isolate", "\u2066a\u2069", "\\u{2066}a\\u{2069}"],
    ["the Arabic letter mark", "\u061c", "\\u{61c}"],
    ["a line separator", "a\u2028b\u2029c", "a\\u{2028}b\\u{2029}c"],
    ["a space without width", "a\u200bb", "a\\u{200b}b"],
    ["a byte order mark", "\ufeffa", "\\u{feff}a"],
    ["a Hangul filler", "\u3164", "\\u{3164}"],
    ["a tag character", "\u{e0041}", "\\u{e0041}"],
    ["a noncharacter", "\uffff\u{1fffe}", "\\u{ffff}\\u{1fffe}"],
    ["a lone surrogate", "a\ud83d", "a\\u{d83d}"],
  ])("shows %s escaped", (_, text, expected) => {
    expect(printable(text)).toBe(expected);
  });

  test("leaves letters, signs, emoji and newlines", () => {
    const text = "Zoë ordered 2 × 茶 for שלום\n✔ done 🎉 \\u{9b}";

    expect(printable(text)).toBe(text);
  });

  test("for a single line escapes newlines too", () => {
    expect(printableLine("a\nb\u009b")).toBe("a\\u{a}b\\u{9b}");
  });

  test("any text becomes printable, and escaping it twice changes nothing", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(printable(printable(text))).toBe(printable(text));
        expect(unprintableIn(printable(text))).toEqual([]);
      }),
    );
  });
});

describe("K13: JSON for a terminal", () => {
  test("a parser returns every character", () => {
    fc.assert(
      fc.property(fc.oneof(hostileText, fc.dictionary(hostileText, hostileText)), (value) => {
        const json = JSON.stringify(value, null, 2);

        expect(JSON.parse(printableJson(json))).toEqual(JSON.parse(json));
        expect(unprintableIn(printableJson(json))).toEqual([]);
      }),
    );
  });

  test("a character beyond 16 bits becomes two escapes", () => {
    expect(printableJson('"\u{e0041}\u009b"')).toBe('"\\udb40\\udc41\\u009b"');
  });
});
