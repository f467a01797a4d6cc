import type { Runbooks } from "../../observe/view-types.ts";

/** The runbooks in a Markdown text. Each has a heading `alarm-<kind>` and the items `Look at` and `Do`. */
export function parseRunbooks(markdown: string): Runbooks {
  return Object.fromEntries(
    markdown.split(/^#+ /m).flatMap((section) => {
      const [heading = ""] = section.split("\n", 1);
      const lookAt = /^- Look at: (.+)$/m.exec(section)?.[1];
      const act = /^- Do: (.+)$/m.exec(section)?.[1];
      const isRunbook = heading.startsWith("alarm-") && lookAt !== undefined && act !== undefined;
      return isRunbook ? [[heading, { lookAt, act }]] : [];
    }),
  );
}
