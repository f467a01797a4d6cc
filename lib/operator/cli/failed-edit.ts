import { readFile } from "node:fs/promises";
import { LIMITS } from "../../../functions/contract/limits.ts";
import { printableLine } from "../../terminal-text.ts";
import { call } from "../target/api-client.ts";
import { RequestError } from "../target/request-error.ts";
import { type Command, onlyArgument, textFlag, UsageError } from "./command.ts";
import { decodeText, EncodingError } from "./decode-text.ts";
import { CONFIRM_FLAGS, changeFields, GENERATION_FLAG, resultExitCode, resultText } from "./dry-run-flags.ts";
import { onFailedMessage } from "./failed-key.ts";

export const failedEdit: Command = {
  name: "failed edit",
  takes: "<failedKey>",
  summary: "Replace the body of a failed message and redrive it; dry run without --yes",
  flags: {
    file: {
      type: "string",
      value: "path",
      help: `JSON file with the whole new body, sent byte for byte; at most ${LIMITS.bodyBytes / 1_024} KB as a request; required`,
    },
    ...CONFIRM_FLAGS,
    ...GENERATION_FLAG,
  },
  example: "failed edit order-created~5f2b0c --file body.json",
  async run(context) {
    const given = onlyArgument(context, "<failedKey>");
    const body = { ...changeFields(context), body: await readBody(textFlag(context, "file")) };
    const { failedKey, answer } = await onFailedMessage(context, given, (key) =>
      call(context, "POST /failed-messages/{failedKey}/edit", { failedKey: key, body }),
    );
    if (context.json) context.write(`${JSON.stringify(answer)}\n`);
    else context.write(resultText(failedKey, answer, body.dryRun));
    return resultExitCode(answer);
  },
};

async function readBody(file: string | undefined): Promise<string> {
  if (file === undefined) throw new UsageError("--file is required: a JSON file with the whole new body");
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new RequestError(`${printableLine(file)} cannot be read`, { cause });
  });
  try {
    const text = decodeText(bytes);
    JSON.parse(text);
    return text;
  } catch (cause) {
    throw new RequestError(
      `${printableLine(file)} ${cause instanceof EncodingError ? cause.message : "is not JSON"}`,
      {
        cause,
      },
    );
  }
}
