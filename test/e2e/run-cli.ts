import { runCommandLine } from "../../lib/operator/cli/run-command.ts";

export interface CliResult {
  readonly code: number;
  readonly text: string;
  readonly errors: string;
}

/** Runs commands of the command line against a target. */
export const cliOf =
  ({ url }: { readonly url: string }) =>
  async (...args: readonly string[]): Promise<CliResult> => {
    let text = "";
    let errors = "";
    const code = await runCommandLine([...args, "--url", url], {
      write: (more) => {
        text += more;
      },
      writeError: (more) => {
        errors += more;
      },
      defaultUrl: async () => url,
    });
    return { code, text, errors };
  };
