import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import document from "../../../functions/contract/asyncapi.json" with { type: "json" };
import { printableLine } from "../../terminal-text.ts";
import { CATALOGUE } from "../events/catalogue.ts";
import { catalogueHtml } from "../events/catalogue-html.ts";
import { RequestError } from "../target/request-error.ts";
import { type Command, EXIT, refuseArguments, textFlag, UsageError } from "./command.ts";

export const eventsExport: Command = {
  name: "events export",
  takes: "",
  summary: "Write the event catalogue into a folder: one page without scripts, and the AsyncAPI document",
  flags: {
    out: { type: "string", value: "folder", help: "Folder, made where it does not exist; required" },
  },
  example: "events export --out catalogue",
  needsTarget: false,
  async run(context) {
    refuseArguments(context);
    const out = textFlag(context, "out");
    if (out === undefined || out === "") throw new UsageError("--out is required: a folder");
    const files = {
      "index.html": catalogueHtml(CATALOGUE),
      "asyncapi.json": `${JSON.stringify(document, null, 2)}\n`,
    };
    try {
      await mkdir(out, { recursive: true });
      for (const [name, text] of Object.entries(files)) await writeFile(join(out, name), text);
    } catch (cause) {
      throw new RequestError(`${printableLine(out)} cannot be written`, { cause });
    }
    const written = Object.keys(files).map((name) => join(out, name));
    context.write(
      context.json ? `${JSON.stringify(written)}\n` : written.map((path) => `${path}\n`).join(""),
    );
    return EXIT.ok;
  },
};
