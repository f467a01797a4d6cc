import { useContext } from "preact/hooks";
import { CATALOGUE, type CatalogueParty, eventNamed } from "../../../events/catalogue.ts";
import { Empty } from "../page/states.tsx";
import { hrefTo } from "../route.ts";
import { TargetInfo } from "../target-info.ts";
import { EventView, isOff } from "./event-view.tsx";

/** The event catalogue: all types, or one. */
export function EventsPage({ type }: { readonly type: string | undefined }) {
  if (type === undefined) return <Types />;
  const event = eventNamed(type);
  return (
    <>
      <p class="path">
        <a href={hrefTo({ kind: "events" })}>Events</a>
      </p>
      {event === undefined ? (
        <>
          <h1>{type}</h1>
          <Empty>There is no such type of event.</Empty>
        </>
      ) : (
        <EventView key={type} event={event} />
      )}
    </>
  );
}

function Types() {
  const { description, version, events } = CATALOGUE;
  const { about } = useContext(TargetInfo);
  const namesOf = (parties: readonly CatalogueParty[]) =>
    parties.map((party) => (isOff(about, party) ? `${party.name} (off)` : party.name)).join(", ");
  return (
    <>
      <h1>Events</h1>
      <p class="soft">
        {description} Version {version} of the AsyncAPI document.
      </p>
      <ul class="rows" aria-label="Types of events">
        {events.map(({ type, publishedBy, consumedBy }) => (
          <li key={type}>
            <a data-row href={hrefTo({ kind: "events", type })}>
              <span class="what">
                <strong>{type}</strong>
                <span class="detail whole">
                  {namesOf(publishedBy)} → {namesOf(consumedBy) || "no consumer"}
                </span>
              </span>
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}
