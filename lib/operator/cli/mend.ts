import type { Concern } from "../observe/concerns.ts";
import { type Command, EXIT, optionalArgument } from "./command.ts";
import { changeFaults } from "./fault-text.ts";
import { NOT_IN_DEPLOYMENT } from "./post-to-emulator.ts";
import { readConcerns } from "./status.ts";

/** What no mend ends. */
const WAITING: readonly Concern["kind"][] = ["failed", "paused"];

export const mend: Command = {
  name: "mend",
  takes: "[target]",
  summary: "Mend one broken part of the local emulator, or all",
  details: ["[target]  a target of order-events break; without it, every broken part"],
  inDeployment: NOT_IN_DEPLOYMENT,
  example: "mend function:order-created",
  async run(context) {
    await changeFaults(context, { mend: optionalArgument(context, "[target]") ?? "all" });
    const left = (await readConcerns(context).catch(() => [])).find(({ kind }) => WAITING.includes(kind));
    if (left !== undefined) context.note(`${left.text}: a mend ends faults only. See:  order-events status`);
    return EXIT.ok;
  },
};
