const { relative } = require("node:path");

/** The first Node that runs TypeScript. */
const OLDEST = "22.18.0";
/** The dependencies of the project have a Node, which npm and npx put first on the PATH. */
const remedy = () => {
  const [, entry, ...args] = process.argv;
  return `npm brings one:  npm ci && npx node ${[relative("", entry), ...args].join(" ")}`;
};

const numbers = (version) => version.split(".").map(Number);
const isOlder = (version, than) => {
  const [[major, minor], [least, leastMinor]] = [numbers(version), numbers(than)];
  return major < least || (major === least && minor < leastMinor);
};

/**
 * Runs a module of this folder, or prints which Node it needs. CommonJS without types, as the files that call it: an
 * older Node runs these, and no file of TypeScript.
 */
exports.runModule = (path, { oldest = OLDEST, advice = remedy() } = {}) => {
  const { node } = process.versions;
  if (!isOlder(node, oldest)) return import(path);
  process.stderr.write(
    `order-events needs Node ${oldest} or newer; this is Node ${node} (${process.execPath}).\n${advice}\n`,
  );
  process.exitCode = 1;
  return undefined;
};
