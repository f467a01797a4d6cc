const COUNT = new Intl.NumberFormat("en");

/** `12,345` */
export const count = (number: number): string => COUNT.format(number);

/** `1 message`, `12 messages`. */
export function pluralize(number: number, one: string, more = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : more}`;
}
