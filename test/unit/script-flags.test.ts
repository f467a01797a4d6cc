import { expect, test } from "vitest";
import { type End, noFlags, scriptFlags } from "../../lib/script-flags.ts";

/** What a process would have ended with. */
class Ended extends Error {
  readonly code: number;

  constructor(code: number, text: string) {
    super(text);
    this.code = code;
  }
}
const end: End = (code, text) => {
  throw new Ended(code, text);
};
const HELP = "the help\n";
const readWords = (args: readonly string[]) => {
  if (args.includes("--wrong")) throw new RangeError("--wrong is wrong");
  return args;
};
const asked = (args: readonly string[]) => () => scriptFlags(HELP, readWords, args, end);

test("flags are given as they were read, and those behind -- belong to another program", () => {
  const flags = asked(["a", "--", "--help", "-h"])();

  expect(flags).toEqual(["a", "--", "--help", "-h"]);
});

test.each([[["--help"]], [["-h"]], [["--wrong", "--help"]]])("%j ends with the help and 0", (args) => {
  expect(asked(args)).toThrow(expect.objectContaining({ code: 0, message: HELP }));
});

test("a wrong flag ends with what is wrong, the help, and 3", () => {
  expect(asked(["--wrong"])).toThrow(
    expect.objectContaining({ code: 3, message: `--wrong is wrong\n\n${HELP}` }),
  );
});

test("a script without flags refuses whatever is given", () => {
  expect(() => noFlags([])).not.toThrow();
  expect(() => noFlags(["--json"])).toThrow('received "--json"');
});
