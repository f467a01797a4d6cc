import { installTool, type PythonTool } from "../python-tool.ts";

export const MINISTACK_VERSION = "1.5.33";

export const MINISTACK: PythonTool = {
  name: "MiniStack",
  version: MINISTACK_VERSION,
  packages: [`ministack==${MINISTACK_VERSION}`],
  python: { oldest: "3.10" },
  command: "npm run ministack:test",
  instead: "Without it:  npm start   and   npm run test:e2e   run the same stacks by npm alone.",
};

/** The folder of MiniStack's programs. Rejects with UnavailableError where it cannot be installed. */
export const installMiniStack = (): Promise<string> => installTool(MINISTACK);
