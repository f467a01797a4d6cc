/**
 * Characters that change a terminal or cannot be seen: controls, bidi and other format characters, line and paragraph
 * separators, characters without width, lone surrogates and noncharacters. A newline is none of them.
 */
const UNPRINTABLE =
  /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu;

/** Text of other origin for a terminal: such a character becomes `\u{9b}`, newlines stay. Escaping twice changes nothing. */
export const printable = (text: string): string => text.replace(UNPRINTABLE, escaped);

/** As `printable`, on one line: for a cell or a field, where a newline would start a forged line. */
export const printableLine = (text: string): string => printable(text).replaceAll("\n", escaped);

/** As `printable`, for JSON: any parser reads `\u009b` back. JSON.stringify escapes only some of these characters. */
export const printableJson = (json: string): string =>
  json.replace(UNPRINTABLE, (character) => character.split("").map(escapedUnit).join(""));

const escaped = (character: string): string => `\\u{${character.codePointAt(0)?.toString(16)}}`;

const escapedUnit = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
