const PATH = /(?:file:\/\/)?(?:\/|\b[A-Za-z]:[\\/])[^()]*?(?=:\d)/;

/** A frame without the folders of the machine: from the package or the sources on, otherwise the name of the file. */
const withoutFolders = (frame: string): string =>
  frame.replace(PATH, (path) => {
    const parts = path.split(/[\\/]/);
    const start = Math.max(parts.lastIndexOf("node_modules"), parts.lastIndexOf("functions"));
    return start < 0 ? (parts.at(-1) ?? "") : parts.slice(start).join("/");
  });

/** The frames of a stack as a runtime reports it, without those of Node.js. */
export function framesOf(stack: unknown): readonly string[] {
  if (!Array.isArray(stack)) return [];
  return stack
    .filter((line): line is string => typeof line === "string")
    .map((line) => withoutFolders(line.trim()))
    .filter((line) => /^(?:at|caused by) /.test(line) && !/\bnode:/.test(line));
}
