import { printableLine } from "../../terminal-text.ts";
import { call } from "../target/api-client.ts";
import {
  type Command,
  type CommandContext,
  EXIT,
  onlyArgument,
  orderFlag,
  refuseArguments,
} from "./command.ts";
import { CONFIRM_FLAGS, changeFields, dryRunText } from "./dry-run-flags.ts";

export const mailsUnsuppress: Command = {
  name: "mails unsuppress",
  takes: "[address]",
  summary: "Show why an address gets no mails, and permit mails to it again; dry run without --yes",
  details: [
    "A bounce or a complaint suppresses an address. Mails that were not sent meanwhile are not sent later.",
    "SES may have the address on a list of its own:  aws sesv2 delete-suppressed-destination --email-address <address>",
  ],
  flags: {
    order: { type: "string", value: "orderId", help: "In place of an address: the address of this order" },
    ...CONFIRM_FLAGS,
  },
  example: 'mails unsuppress ada@example.com --yes --why "the mailbox exists again"',
  async run(context) {
    const change = changeFields(context);
    const answer = await call(context, "POST /mails/unsuppress", {
      body: { ...addressIn(context), ...change },
    });
    const { outcome, because, since, eventId } = answer;
    if (context.json) context.write(`${JSON.stringify(answer)}\n`);
    else {
      const about = eventId === undefined ? "" : ` (mail about ${eventId})`;
      const reason = because === undefined ? "" : `: ${because} at ${since}${about}`;
      const dry = change.dryRun ? dryRunText(outcome === "would lift") : "";
      context.write(`${printableLine(`${outcome}${reason}`)}\n${dry}`);
    }
    return EXIT.ok;
  },
};

/** The address, or the order that it is in: no view shows an address. */
function addressIn(context: CommandContext): { email: string } | { orderId: string } {
  const orderId = orderFlag(context);
  if (orderId === undefined) return { email: onlyArgument(context, "<address>, or --order <orderId>") };
  refuseArguments(context);
  return { orderId };
}
