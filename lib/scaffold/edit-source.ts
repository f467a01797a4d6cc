import {
  isArrayLiteralExpression,
  isAsExpression,
  isIdentifier,
  isImportDeclaration,
  isObjectLiteralExpression,
  isSatisfiesExpression,
  isVariableStatement,
  type Node,
  type NodeArray,
  type SourceFile,
  skipTrivia,
} from "typescript/unstable/ast";
import { createVirtualFileSystem } from "typescript/unstable/fs";
import { API } from "typescript/unstable/sync";

/** A file of the project, by its path from the root. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

/** The place of an edit is not in the file. The message names the file, the place and the text to add. */
export class PlaceNotFound extends Error {
  override readonly name = "PlaceNotFound";
}

/** Adds an element to the array that a variable of the file holds. */
export function addElement(source: Source, variable: string, element: string): string {
  return withSyntax(source, (file) => {
    const list = initializerOf(file, variable);
    if (list === undefined || !isArrayLiteralExpression(list))
      throw notFound(source, `no array "${variable}"`, element);
    return append(source.text, list.elements, list.end, element);
  });
}

/** Adds a property to the object that a variable of the file holds. `property` is its source text. */
export function addProperty(source: Source, variable: string, property: string): string {
  return withSyntax(source, (file) => {
    const object = initializerOf(file, variable);
    if (object === undefined || !isObjectLiteralExpression(object))
      throw notFound(source, `no object "${variable}"`, property);
    return append(source.text, object.properties, object.end, property);
  });
}

/** Adds an import behind the last one; the formatter sorts them. */
export function addImport(source: Source, statement: string): string {
  return withSyntax(source, ({ statements }) => {
    const last = statements.filter((each) => isImportDeclaration(each)).at(-1);
    if (last === undefined) throw notFound(source, "no import", statement);
    return splice(source.text, last.end, `\n${statement}`);
  });
}

/** Throws a PlaceNotFound for a text that is not TypeScript: the formatter passes it through. */
export function refuseFaulty(source: Source): void {
  withSyntax(source, () => "");
}

/** Before the closing bracket, so that comments stay with the elements that they stand at. */
function append(text: string, elements: NodeArray<Node>, end: number, element: string): string {
  const close = end - 1;
  const last = elements.at(-1);
  const hasComma = last === undefined || text[skipTrivia(text, last.end)] === ",";
  const before = text.slice(0, close).trimEnd();
  const separated = hasComma ? before : splice(before, last.end, ",");
  return `${separated}\n${element},\n${text.slice(close)}`;
}

function splice(text: string, at: number, added: string): string {
  return text.slice(0, at) + added + text.slice(at);
}

/** What a variable at the top level holds, without `as const` and `satisfies`. */
function initializerOf({ statements }: SourceFile, variable: string): Node | undefined {
  const declarations = statements.flatMap((each) =>
    isVariableStatement(each) ? [...each.declarationList.declarations] : [],
  );
  let value: Node | undefined = declarations.find(
    ({ name }) => isIdentifier(name) && name.text === variable,
  )?.initializer;
  while (value !== undefined && (isAsExpression(value) || isSatisfiesExpression(value)))
    value = value.expression;
  return value;
}

function notFound({ path }: Source, what: string, added: string): PlaceNotFound {
  return new PlaceNotFound(`${path} holds ${what} at its top level. Add this by hand:\n${added}`);
}

const FOLDER = "/source";
const NAME = "edited.ts";

/** Parses the text with the compiler of the project, alone: without its imports and without types. */
function withSyntax(source: Source, edit: (file: SourceFile) => string): string {
  const config = { compilerOptions: { noLib: true, noResolve: true, types: [] }, files: [NAME] };
  const api = new API({
    cwd: FOLDER,
    fs: createVirtualFileSystem({
      [`${FOLDER}/tsconfig.json`]: JSON.stringify(config),
      [`${FOLDER}/${NAME}`]: source.text,
    }),
  });
  try {
    const project = api
      .updateSnapshot({ openProjects: [`${FOLDER}/tsconfig.json`] })
      .getProject(`${FOLDER}/tsconfig.json`);
    const file = project?.program.getSourceFile(`${FOLDER}/${NAME}`);
    if (project === undefined || file === undefined) throw new Error(`${source.path} was not parsed.`);
    const [fault] = project.program.getSyntacticDiagnostics(`${FOLDER}/${NAME}`);
    if (fault !== undefined)
      throw new PlaceNotFound(`${source.path} has an error of syntax: ${fault.text} Correct it first.`);
    return edit(file);
  } finally {
    api.close();
  }
}
