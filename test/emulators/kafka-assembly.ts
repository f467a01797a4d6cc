import { createHash } from "node:crypto";
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DeployError } from "../../lib/deploy/deploy-error.ts";
import { recordAt } from "../../lib/emulator/assembly/template-values.ts";
import { withoutMsk } from "./kafka-template.ts";

/**
 * Copies an assembly, removes MSK from the template of one stack, and returns the changes in words. The CDK CLI uploads
 * a template under a digest of its content and skips an existing one, so the altered template gets a digest of its own.
 */
export async function alterForBroker(
  options: Readonly<Record<"from" | "to" | "stack" | "brokers", string>>,
): Promise<readonly string[]> {
  const { from, to, stack, brokers } = options;
  await rm(to, { recursive: true, force: true });
  await cp(from, to, { recursive: true });
  const file = join(to, `${stack}.template.json`);
  const { template, changes } = withoutMsk(await readJson(file), brokers);
  const text = JSON.stringify(template, undefined, 1);
  await writeFile(file, text);
  const assets = join(to, `${stack}.assets.json`);
  const files = recordAt((await readJson(assets))["files"], `${assets}: files`);
  const before = Object.entries(files).find(([, entry]) => isTemplate(entry, stack))?.[0];
  if (before === undefined) throw new DeployError(`${assets} names no template. Synthesize again.`);
  const after = createHash("sha256").update(text).digest("hex");
  for (const each of [assets, join(to, "manifest.json")])
    await writeFile(each, (await readFile(each, "utf8")).replaceAll(before, after));
  return changes;
}

const isTemplate = (entry: unknown, stack: string) =>
  recordAt(recordAt(entry, stack)["source"], stack)["path"] === `${stack}.template.json`;

const readJson = async (path: string) => recordAt(JSON.parse(await readFile(path, "utf8")), path);
