import { type Command, EXIT, optionalArgument } from "./command.ts";
import { changeFaults } from "./fault-text.ts";

export const mend: Command = {
  name: "mend",
  takes: "[target]",
  summary: "Mend one broken part of the local emulator, or all",
  details: ["[target]  a target of order-events break; without it, every broken part"],
  example: "mend function:order-created",
  async run(context) {
    await changeFaults(context, { mend: optionalArgument(context, "[target]") ?? "all" });
    return EXIT.ok;
  },
};
