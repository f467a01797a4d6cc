import type { Catalogue, CatalogueEvent, CatalogueParty } from "./catalogue.ts";

/** The catalogue as one page that needs no script and no other file. */
export function catalogueHtml({ title, version, description, events }: Catalogue): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Events of ${escaped(title)}</title>
<style>${STYLE}</style>
<main>
<h1>Events of ${escaped(title)}</h1>
<p>${escaped(description)} Version ${escaped(version)}; the <a href="asyncapi.json">AsyncAPI document</a>.</p>
<ul>
${events.map(({ type }) => `<li><a href="#${escaped(type)}">${escaped(type)}</a></li>`).join("\n")}
</ul>
${events.map(eventHtml).join("\n")}
</main>
</html>
`;
}

function eventHtml({ type, dataschema, example, schema, publishedBy, consumedBy }: CatalogueEvent): string {
  return `<section id="${escaped(type)}">
<h2>${escaped(type)}</h2>
<p>Schema <code>${escaped(dataschema)}</code></p>
${partiesHtml("Published by", "To", publishedBy)}
${partiesHtml("Consumed by", "From", consumedBy)}
<h3>Example</h3>
<pre>${escaped(JSON.stringify(example, null, 2))}</pre>
<details><summary>JSON Schema</summary><pre>${escaped(JSON.stringify(schema, null, 2))}</pre></details>
</section>`;
}

function partiesHtml(heading: string, direction: string, parties: readonly CatalogueParty[]): string {
  const rows = parties.map(
    ({ name, does = "", transport, address, channel }) =>
      `<tr><th scope="row">${escaped(name)}</th><td>${escaped(does)}</td><td>${escaped(transport)} <code>${escaped(address)}</code></td><td>${escaped(channel)}</td></tr>`,
  );
  return `<table>
<thead><tr><th scope="col">${heading}</th><th scope="col">Does</th><th scope="col">${direction}</th><th scope="col">Channel</th></tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};
const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? "");

const STYLE = `:root{color-scheme:light dark}
body{font:1rem/1.5 system-ui,sans-serif;margin:0}
main{max-width:72rem;margin:0 auto;padding:1rem}
table{border-collapse:collapse;width:100%;margin:1rem 0}
th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid color-mix(in srgb,currentColor 25%,transparent)}
code,pre{font:.875rem/1.45 ui-monospace,monospace}
pre{overflow:auto;padding:.8rem;border:1px solid color-mix(in srgb,currentColor 25%,transparent);border-radius:.3rem}`;
