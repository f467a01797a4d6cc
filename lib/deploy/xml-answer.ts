/** The members of the list in an answer of a query API. */
export const membersIn = (xml: string): readonly string[] => xml.split("</member>").slice(0, -1);

/** The texts of all elements of a name that have one. */
export const elementsIn = (xml: string, name: string): readonly string[] =>
  [...xml.matchAll(new RegExp(`<${name}>([^<]+)<`, "g"))].map(([, text = ""]) => decodedText(text));

/** The text of the first of them. */
export const elementIn = (xml: string, name: string): string | undefined => elementsIn(xml, name)[0];

const ENTITIES: Readonly<Record<string, string>> = { quot: '"', apos: "'", lt: "<", gt: ">", amp: "&" };

/** The text of an element, with its characters decoded. */
function decodedText(text: string): string {
  return text.replaceAll(
    /&(?:(\w+)|#(\d+)|#x([\da-f]+));/gi,
    (entity: string, name?: string, decimal?: string, hex?: string) => {
      if (name !== undefined) return ENTITIES[name] ?? entity;
      return String.fromCodePoint(decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal));
    },
  );
}
