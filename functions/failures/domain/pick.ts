/** The named fields of an object, without those that are undefined. */
export function pick<Thing extends object, const Name extends keyof Thing>(
  thing: Thing,
  names: readonly Name[],
): Pick<Thing, Name> {
  const had = names.filter((name) => thing[name] !== undefined);
  return Object.fromEntries(had.map((name) => [name, thing[name]])) as Pick<Thing, Name>;
}
