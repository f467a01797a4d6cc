import { readFile } from "node:fs/promises";
import { LIMITS } from "../../../functions/contract/limits.ts";
import { request, segment } from "../target/api-client.ts";
import { RequestError } from "../target/request-error.ts";
import { type Command, onlyArgument, textFlag, UsageError } from "./command.ts";
import {
  ACT_FLAGS,
  ACT_HELP,
  actOf,
  exitOfOne,
  GENERATION_FLAG,
  GENERATION_HELP,
  oneText,
} from "./dry-run-flags.ts";

export const failedEdit: Command = {
  name: "failed edit",
  takes: "<failedKey>",
  summary: "replace the body of a message and send it; a dry run unless --yes",
  flags: { ...ACT_FLAGS, ...GENERATION_FLAG, file: { type: "string" } },
  flagHelp: [
    `--file F       JSON file with the whole new body, ${LIMITS.bodyBytes / 1_024} KB at most`,
    ...ACT_HELP,
    ...GENERATION_HELP,
  ],
  async run(context) {
    const key = onlyArgument(context, "<failedKey>");
    const act = actOf(context);
    const path = `/failed-messages/${segment(key)}/edit`;
    const body = { ...act, body: await bodyIn(textFlag(context, "file")) };
    const answer = await request(context, { method: "POST", path, body });
    if (context.json) context.write(`${JSON.stringify(answer)}\n`);
    else context.write(oneText(key, answer, act.dryRun));
    return exitOfOne(answer);
  },
};

async function bodyIn(file: string | undefined): Promise<unknown> {
  if (file === undefined) throw new UsageError("--file names the JSON file with the whole new body");
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new RequestError(`${file} cannot be read`, { cause });
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new RequestError(`${file} is not JSON`, { cause });
  }
}
