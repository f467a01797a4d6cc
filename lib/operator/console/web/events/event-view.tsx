import { useContext } from "preact/hooks";
import type { CatalogueEvent, CatalogueParty } from "../../../events/catalogue.ts";
import type { ConsoleAbout } from "../../../observe/view-types.ts";
import { TargetInfo } from "../target-info.ts";
import { EventForm } from "./event-form.tsx";

/** A type of events: schema, example, who publishes and who consumes it, and a form that sends it. */
export function EventView({ event }: { readonly event: CatalogueEvent }) {
  const { about } = useContext(TargetInfo);
  const { type, dataschema, example, schema, publishedBy, consumedBy } = event;
  return (
    <>
      <h1>{type}</h1>
      <p class="soft">
        Schema <code>{dataschema}</code>
      </p>
      <Parties title="Published by" parties={publishedBy} />
      <Parties title="Consumed by" parties={consumedBy} />
      {about.can.sendEvents || about.topic !== undefined ? (
        <EventForm event={event} />
      ) : (
        <section aria-labelledby="example">
          <h2 id="example">Example</h2>
          <Json value={example} label="Example" />
        </section>
      )}
      <details>
        <summary>JSON Schema</summary>
        <Json value={schema} label="JSON Schema" />
      </details>
    </>
  );
}

/** Whether the target is known to run without the party, as without its broker. */
export const isOff = ({ consumers }: ConsoleAbout, { name }: CatalogueParty): boolean =>
  // A consumer of RabbitMQ has a queue for each type.
  !consumers.some((each) => name === each || name.startsWith(`${each}-`));

function Parties({
  title,
  parties,
}: {
  readonly title: string;
  readonly parties: readonly CatalogueParty[];
}) {
  const { about } = useContext(TargetInfo);
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      {parties.length === 0 ? (
        <p class="soft">No consumer.</p>
      ) : (
        <dl class="facts parties">
          {parties.map((party) => (
            <div key={party.name}>
              <dt>
                {party.name}
                {isOff(about, party) && <span class="soft"> (off)</span>}
              </dt>
              <dd>
                <span title={party.channel}>
                  {party.transport} <code>{party.address}</code>
                </span>
                {party.does !== undefined && <span class="soft"> {party.does}</span>}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

/** A scrollable frame that takes the focus. */
function Json({ value, label }: { readonly value: object; readonly label: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
    <section class="frame" tabIndex={0} aria-label={label}>
      <pre>{JSON.stringify(value, null, 2)}</pre>
    </section>
  );
}
