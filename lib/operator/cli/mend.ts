import { type Command, EXIT, optionalArgument } from "./command.ts";
import { changeFaults } from "./fault-text.ts";
import { readConcerns } from "./status.ts";

export const mend: Command = {
  name: "mend",
  takes: "[target]",
  summary: "Mend one broken part of the local emulator, or all",
  details: ["[target]  a target of order-events break; without it, every broken part"],
  example: "mend function:order-created",
  async run(context) {
    await changeFaults(context, { mend: optionalArgument(context, "[target]") ?? "all" });
    const [left] = await readConcerns(context).catch(() => []);
    if (left !== undefined) context.note(`${left.text}: a mend ends faults only. See:  order-events status`);
    return EXIT.ok;
  },
};
