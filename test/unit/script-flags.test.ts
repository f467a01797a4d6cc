import { expect, test } from "vitest";
import { type End, noFlags, scriptFlags } from "../../lib/script-flags.ts";

/** The exit code and output of a process. */
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

test("flags are returned as parsed, and those after -- belong to another program", () => {
  const flags = asked(["a", "--", "--help", "-h"])();

  expect(flags).toEqual(["a", "--", "--help", "-h"]);
});

test.each([[["--help"]], [["-h"]], [["--wrong", "--help"]]])("%j ends with the help and 0", (args) => {
  expect(asked(args)).toThrow(expect.objectContaining({ code: 0, message: HELP }));
});

test("a negative number is the value of the flag before it", () => {
  expect(asked(["--rate", "-5", "--json", "-5", "-c", "-1"])()).toEqual([
    "--rate=-5",
    "--json=-5",
    "-c",
    "-1",
  ]);
});

test("a wrong flag ends with the error, the help, and 3", () => {
  expect(asked(["--wrong"])).toThrow(
    expect.objectContaining({ code: 3, message: `--wrong is wrong\n\n${HELP}` }),
  );
});

test("a script without flags refuses any flag", () => {
  expect(() => noFlags([])).not.toThrow();
  expect(() => noFlags(["--json"])).toThrow('received "--json"');
});
