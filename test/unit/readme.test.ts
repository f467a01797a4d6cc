import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { PROBLEMS } from "../../functions/contract/errors.ts";
import { FAILED_LISTING, REASONS } from "../../functions/contract/failures.ts";
import { ENV, METRICS } from "../../functions/contract/names.ts";
import { EVENT_TYPES } from "../../functions/contract/order-status.ts";
import { readSettings } from "../../lib/config.ts";
import { emulatorCommand } from "../../lib/emulator/emulator-command.ts";
import { COMMANDS } from "../../lib/operator/cli/run-command.ts";
import { KAFKA_DEFAULTS } from "../../lib/settings/kafka-settings.ts";
import { RABBIT_DEFAULTS } from "../../lib/settings/rabbitmq-settings.ts";

const root = join(import.meta.dirname, "../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const pages = globSync(["*.md", "{bin,functions,lib,test}/**/*.md"], {
  cwd: root,
  exclude: (path) => path.includes("node_modules"),
});

/** Names that a page has to explain and does not; whole words only. */
function missing(page: string, names: readonly string[]): string[] {
  const text = read(page);
  return names.filter(
    (name) => !new RegExp(`(?<![\\w.-])${name.replaceAll(".", "\\.")}(?![\\w-]|\\.\\w)`).test(text),
  );
}

const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
const isOfNoBackbone = (setting: string) => !(setting in KAFKA_DEFAULTS) && !(setting in RABBIT_DEFAULTS);

/** Anchors as GitHub derives them from headings. */
const anchorsOf = (page: string) =>
  [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );

describe("a page explains", () => {
  test.each<[string, string, readonly string[]]>([
    ["every code of the API", "functions/contract/README.md", Object.keys(PROBLEMS)],
    ["every reason for parking", "functions/contract/README.md", Object.keys(REASONS)],
    ["every metric", "functions/contract/README.md", Object.values(METRICS)],
    ["every environment variable", "functions/contract/README.md", Object.values(ENV)],
    ["every type of event", "functions/contract/asyncapi.json", EVENT_TYPES],
    ["every script", "CONTRIBUTING.md", Object.keys(scripts)],
    ["every setting", "lib/settings/README.md", Object.keys(readSettings({})).filter(isOfNoBackbone)],
    ["every attribute of the listing of failed messages", "lib/settings/README.md", FAILED_LISTING.projected],
    ["every setting of Kafka", "lib/stacks/kafka.md", Object.keys(KAFKA_DEFAULTS)],
    ["every setting of RabbitMQ", "lib/stacks/rabbitmq.md", Object.keys(RABBIT_DEFAULTS)],
  ])("%s, in %s", (_, page, names) => {
    expect(missing(page, names)).toEqual([]);
  });
});

describe.each([...pages, ".ci/run", ".github/workflows/ci.yml"])("%s", (page) => {
  test("names existing commands", () => {
    const named = [...read(page).matchAll(/npm run (?:-s )?([\w:-]+)/g)].map((match) => match[1] ?? "");

    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  test("names existing commands of order-events and settings", () => {
    const words = [...COMMANDS, emulatorCommand("")].map(({ name }) => name);
    const groups = words.filter((name) => name.includes(" ") && !words.includes(name.split(" ")[0] ?? ""));
    const firsts = [...new Set(groups.map((name) => name.split(" ")[0]))].join("|");
    const pattern = new RegExp(`npx order-events ((?:${firsts}) [a-z]+|[a-z]+)`, "g");
    const named = [...read(page).matchAll(pattern)];
    const settings = [...read(page).matchAll(/ -c (\w+)=/g)];

    expect(named.map(([, name = ""]) => name).filter((name) => !words.includes(name))).toEqual([]);
    expect(settings.map(([, name = ""]) => name).filter((name) => !(name in readSettings({})))).toEqual([]);
  });

  test("links to existing pages and headings", () => {
    const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)];

    const broken = links.filter(([, path = "", anchor]) => {
      const target = path === "" ? page : join(dirname(page), path);
      return !existsSync(join(root, target)) || (anchor !== undefined && !anchorsOf(target).includes(anchor));
    });

    expect(broken.map(([link]) => link)).toEqual([]);
  });

  test("shows existing pictures", () => {
    const pictures = [...read(page).matchAll(/ src(?:set)?="(?!https?:)([^"]+)"/g)].map(
      ([, path = ""]) => path,
    );

    expect(pictures.filter((path) => !existsSync(join(root, dirname(page), path)))).toEqual([]);
  });
});

test("each decision is a record of the same form, with its date", () => {
  const records = read("lib/decisions.md").split(/^## /m).slice(1);

  expect(records.length).toBeGreaterThan(30);
  for (const record of records)
    expect(record).toMatch(
      /^[^\n]+\n\n20\d\d-\d\d-\d\d\n\n- \*\*Context\*\*: [\s\S]+\n- \*\*Decision\*\*: [\s\S]+\n- \*\*Alternatives\*\*: [\s\S]+\n- \*\*To revert\*\*: /,
    );
});
