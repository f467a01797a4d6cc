import { CATALOGUE, type CatalogueParty } from "../events/catalogue.ts";
import { type Command, EXIT, refuseArguments } from "./command.ts";
import { table } from "./format-table.ts";

export const eventsList: Command = {
  name: "events list",
  takes: "",
  summary: "List the types of events, who publishes and who consumes each",
  details: [
    "It lists the whole contract, also the parties of brokers that are off; the console marks those.",
    "With --json also schema, example and channels of each type.",
  ],
  example: "events list",
  needsTarget: false,
  async run(context) {
    refuseArguments(context);
    if (context.json) context.write(`${JSON.stringify(CATALOGUE)}\n`);
    else {
      const names = (parties: readonly CatalogueParty[]) => parties.map(({ name }) => name).join(", ");
      const rows = CATALOGUE.events.map((event) => [
        event.type,
        event.dataschema,
        names(event.publishedBy),
        names(event.consumedBy),
      ]);
      context.write(table(["TYPE", "SCHEMA", "PUBLISHED BY", "CONSUMED BY"], rows, context.columns));
    }
    return EXIT.ok;
  },
};
