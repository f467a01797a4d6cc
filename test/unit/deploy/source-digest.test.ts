import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { sourceDigest } from "../../../lib/constructs/source-digest.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

let root: string;
const write = (path: string, text = "") => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
beforeEach(() => {
  root = temporaryFolder();
  for (const path of [
    "functions/orders/domain/order.ts",
    "lib/stacks/data-stack.ts",
    "test/e2e/orders.test.ts",
  ])
    write(path);
});

it.each([
  ["a line of a function", "functions/orders/domain/order.ts"],
  ["a line of a stack", "lib/stacks/data-stack.ts"],
  ["another setting's default", "lib/config.ts"],
  ["another default of Kafka's settings", "lib/settings/kafka-settings.ts"],
  ["an added empty file", "functions/domain/stock.ts", ""],
  ["another dependency", "package-lock.json"],
])("%s changes the digest", (_, path, text = "changed") => {
  const before = sourceDigest(root);

  write(path, text);

  expect(sourceDigest(root)).not.toBe(before);
});

it.each(["test/e2e/orders.test.ts", "functions/README.md", "lib/emulator/start-emulator.ts"])(
  "a change of %s, which is not deployed, keeps the digest",
  (path) => {
    const before = sourceDigest(root);

    write(path, "changed");

    expect(sourceDigest(root)).toBe(before);
  },
);
