import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { importsOf, removeElement, removeImport } from "./edit-source.ts";
import { CONSUMER_ARRAY, CONSUMER_LIST, consumerFiles } from "./new-consumer.ts";
import { type Plan, planOf, ROOT, ScaffoldError } from "./plan.ts";

/** Where the name of a consumer is part of the code. Type checks and tests find it in test/. */
const CODE = ["bin", "functions", "lib"];

/** Removes the folder of a consumer, its line in the list, and its test. */
export function planRemoval(name: string): Plan {
  const variable = declaredVariable(name);
  const { module, folder, test } = consumerFiles(name);
  const named = filesNaming(name).filter((path) => path !== CONSUMER_LIST && !path.startsWith(`${folder}/`));
  if (named.length > 0)
    throw new ScaffoldError(`${name} is part of ${named.join(", ")}. Remove it there first.`);
  return planOf(
    {},
    { [CONSUMER_LIST]: [removeImport(module), removeElement(CONSUMER_ARRAY, variable)] },
    [
      ["npm run generate", "AsyncAPI without the consumer"],
      ["npm run check", "finds what still imports it"],
      ["npm run deploy", "removes it from a stage; what stays there: lib/deploy/README.md#remove-a-consumer"],
    ],
    [folder, test].filter((path) => existsSync(join(ROOT, path))),
  );
}

/** The variable of a consumer in the list. Throws ScaffoldError where the list does not have it. */
export function declaredVariable(name: string): string {
  const imports = importsOf({ path: CONSUMER_LIST, text: readFileSync(join(ROOT, CONSUMER_LIST), "utf8") });
  const variable = imports.get(consumerFiles(name).module)?.[0];
  if (variable !== undefined) return variable;
  const declared = [...imports.keys()].flatMap(
    (module) => /^\.\/(.+)\/consumer\.ts$/.exec(module)?.[1] ?? [],
  );
  throw new ScaffoldError(
    `${CONSUMER_LIST} declares no consumer ${name}. It declares ${declared.join(", ")}.`,
  );
}

function filesNaming(name: string): readonly string[] {
  return CODE.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((path) => join(folder, path)),
  )
    .filter((path) => path.endsWith(".ts"))
    .filter((path) => {
      const text = readFileSync(join(ROOT, path), "utf8");
      return text.includes(`"${name}"`) || text.includes(`/${name}/consumer.ts"`);
    })
    .sort();
}
