/** Cases in which the emulator answers otherwise than Lambda's client on purpose: case → reason. */
export const DIFFERENCES: Readonly<Record<string, string>> = {
  withCallback: "the error has the same type; the emulator's message names the handler",
  "no such file": "the error has the same type; the emulator's message leaves out the client's own folders",
};
