import { parseAst } from "rolldown/parseAst";

/** A file of the project, by its path from the root. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

/** The text of a source after the edit. */
export type Edit = (source: Source) => string;

/** The place of an edit is not in the file. The message names the file, the place and the text to add. */
export class PlaceNotFound extends Error {
  override readonly name = "PlaceNotFound";
}

/** Adds an element to the array that a variable of the file holds. */
export const addElement =
  (variable: string, element: string): Edit =>
  (source) => {
    const value = heldBy(source, variable);
    if (value?.type !== "ArrayExpression") throw notFound(source, `no array "${variable}"`, element);
    return append(source.text, value.elements, value.end, element);
  };

/** Adds a property to the object that a variable of the file holds. `property` is its source text. */
export const addProperty =
  (variable: string, property: string): Edit =>
  (source) => {
    const value = heldBy(source, variable);
    if (value?.type !== "ObjectExpression") throw notFound(source, `no object "${variable}"`, property);
    return append(source.text, value.properties, value.end, property);
  };

/** Adds an import behind the last one; the formatter sorts them. */
export const addImport =
  (statement: string): Edit =>
  (source) => {
    const last = syntaxOf(source).body.findLast(({ type }) => type === "ImportDeclaration");
    if (last === undefined) throw notFound(source, "no import", statement);
    return splice(source.text, last.end, `\n${statement}`);
  };

/** Adds a text behind the last line. */
export const addText =
  (text: string): Edit =>
  (source) =>
    `${source.text}\n${text}`;

/** Removes an element, by its source text, from the array that a variable of the file holds. */
export const removeElement =
  (variable: string, element: string): Edit =>
  (source) => {
    const value = heldBy(source, variable);
    const found =
      value?.type === "ArrayExpression"
        ? value.elements.find((each) => each != null && source.text.slice(each.start, each.end) === element)
        : undefined;
    if (found == null)
      throw new PlaceNotFound(
        `${source.path} holds no array "${variable}" with ${element}. Remove it by hand.`,
      );
    return source.text.slice(0, found.start) + source.text.slice(found.end).replace(/^\s*,/, "");
  };

/** Removes the imports from a module. */
export const removeImport =
  (module: string): Edit =>
  (source) =>
    syntaxOf(source).body.reduceRight(
      (text, each) =>
        each.type === "ImportDeclaration" && each.source.value === module
          ? text.slice(0, each.start) + text.slice(each.end).replace(/^\n/, "")
          : text,
      source.text,
    );

/** The local names of imports, by module. */
export function importsOf(source: Source): ReadonlyMap<string, readonly string[]> {
  return new Map(
    syntaxOf(source).body.flatMap((each) =>
      each.type === "ImportDeclaration"
        ? [[each.source.value, each.specifiers.map(({ local }) => local.name)] as const]
        : [],
    ),
  );
}

/** Throws a PlaceNotFound for a text that is not TypeScript: the formatter passes it through. */
export function refuseFaulty(source: Source): void {
  syntaxOf(source);
}

/** The values that a file declares or imports twice at its top level, which TypeScript would refuse. */
export function declaredTwice(source: Source): readonly string[] {
  const names = syntaxOf(source).body.flatMap((statement) => {
    if (statement.type === "ImportDeclaration")
      return statement.importKind === "type"
        ? []
        : statement.specifiers
            .filter((each) => !("importKind" in each) || each.importKind !== "type")
            .map(({ local }) => local.name);
    const inner = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
    if (inner?.type === "FunctionDeclaration" || inner?.type === "ClassDeclaration")
      return inner.id === null ? [] : [inner.id.name];
    return inner?.type === "VariableDeclaration" ? inner.declarations.flatMap(({ id }) => namesIn(id)) : [];
  });
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}

/** The names that `const <pattern> = …` declares. */
function namesIn(pattern: Pattern): readonly string[] {
  if (pattern.type === "Identifier") return [pattern.name];
  if (pattern.type !== "ObjectPattern") return [];
  return pattern.properties.flatMap((property) =>
    property.type === "Property" && property.value.type === "Identifier" ? [property.value.name] : [],
  );
}

type Syntax = ReturnType<typeof parseAst>;
type Pattern = Extract<Syntax["body"][number], { type: "VariableDeclaration" }>["declarations"][number]["id"];
type Expression = NonNullable<
  Extract<Syntax["body"][number], { type: "VariableDeclaration" }>["declarations"][number]["init"]
>;

function syntaxOf({ path, text }: Source): Syntax {
  try {
    return parseAst(text, { lang: "ts" });
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new PlaceNotFound(`${path} has an error of syntax. Correct it first.\n${cause}`, { cause: error });
  }
}

/** What a variable at the top level holds, without `as const` and `satisfies`. */
function heldBy(source: Source, variable: string): Expression | undefined {
  const declared = syntaxOf(source).body.flatMap((statement) => {
    const inner = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
    return inner?.type === "VariableDeclaration" ? inner.declarations : [];
  });
  let value = declared.find(({ id }) => id.type === "Identifier" && id.name === variable)?.init;
  while (value?.type === "TSAsExpression" || value?.type === "TSSatisfiesExpression")
    value = value.expression;
  return value ?? undefined;
}

/** Behind the last element and its comments, on a line of its own. */
function append(
  text: string,
  elements: readonly ({ readonly end: number } | null)[],
  end: number,
  element: string,
): string {
  const close = end - 1;
  const last = elements.at(-1);
  const before = text.slice(0, close).trimEnd();
  const separated =
    last == null || hasComma(text.slice(last.end, close)) ? before : splice(before, last.end, ",");
  return `${separated}\n${element},\n${text.slice(close)}`;
}

/** Whether a comma stands outside of comments. */
function hasComma(text: string): boolean {
  return text.replaceAll(/\/\/[^\n]*|\/\*.*?\*\//gs, "").includes(",");
}

function splice(text: string, at: number, added: string): string {
  return text.slice(0, at) + added + text.slice(at);
}

function notFound({ path }: Source, what: string, added: string): PlaceNotFound {
  return new PlaceNotFound(`${path} holds ${what} at its top level. Add this by hand:\n${added}`);
}
