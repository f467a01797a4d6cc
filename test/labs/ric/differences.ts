/** Intended differences of the emulator from Lambda's client: case → reason. */
export const DIFFERENCES: Readonly<Record<string, string>> = {
  withCallback: "the error has the same type; the emulator's message names the handler",
  "no such file": "the error has the same type; the emulator's message omits the client's own folders",
};
