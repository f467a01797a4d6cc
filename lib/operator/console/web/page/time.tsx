import { ago, clock } from "../format.ts";

/** A relative time, with the exact time as its title. `at` is ISO or milliseconds since the epoch. */
export function Ago({ at }: { readonly at: string | number }) {
  const time = typeof at === "number" ? at : Date.parse(at);
  return (
    <time dateTime={new Date(time).toISOString()} title={new Date(time).toISOString()}>
      {ago(time)}
    </time>
  );
}

export function At({ at }: { readonly at: string | number }) {
  const time = typeof at === "number" ? at : Date.parse(at);
  return (
    <time dateTime={new Date(time).toISOString()} title={new Date(time).toISOString()}>
      {clock(time)}
    </time>
  );
}
