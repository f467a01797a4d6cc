import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "../temporary-folder.ts";

/** Grants to take away: these actions of the policies whose logical id begins so. */
export interface TakenGrant {
  readonly policy: string;
  readonly actions: readonly string[];
}

interface Statement {
  Effect: string;
  Action: string | string[];
}

interface Template {
  readonly Resources: Readonly<
    Record<string, { readonly Properties?: { readonly PolicyDocument?: { Statement: Statement[] } } }>
  >;
}

/** A copy of an assembly without some grants. Throws for a grant that it does not hold. */
export async function withoutGrants(directory: string, taken: readonly TakenGrant[]): Promise<string> {
  const copy = temporaryFolder();
  await cp(directory, copy, { recursive: true });
  const missing = new Set(taken);
  for (const name of (await readdir(copy)).filter((each) => each.endsWith(".template.json"))) {
    const file = join(copy, name);
    const template = JSON.parse(await readFile(file, "utf8")) as Template;
    for (const each of taken) if (take(template, each)) missing.delete(each);
    await writeFile(file, JSON.stringify(template));
  }
  if (missing.size > 0) throw new Error(`No policy holds ${JSON.stringify([...missing])}`);
  return copy;
}

function take({ Resources }: Template, { policy, actions }: TakenGrant): boolean {
  let isTaken = false;
  for (const [id, { Properties }] of Object.entries(Resources)) {
    const document = id.startsWith(policy) ? Properties?.PolicyDocument : undefined;
    for (const statement of document?.Statement ?? []) {
      if (statement.Effect !== "Allow") continue;
      const left = [statement.Action].flat().filter((action) => !actions.includes(action));
      isTaken ||= left.length < [statement.Action].flat().length;
      statement.Action = left;
    }
    if (document !== undefined)
      document.Statement = document.Statement.filter(({ Action }) => Action.length > 0);
  }
  return isTaken;
}
