import type { Mail } from "../services/mailbox.ts";

const STYLE = `
  body { font: 15px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
  article { border: 1px solid #ccc; border-radius: 6px; padding: .8rem 1rem; margin: 1rem 0; }
  h1 { font-size: 1.3rem; } h2 { font-size: 1rem; margin: 0; }
  p { margin: .2rem 0; color: #555; } pre { font: inherit; white-space: pre-wrap; margin: .6rem 0 0; }
  @media (prefers-color-scheme: dark) { body { background: #16181c; color: #ddd; } p { color: #aaa; } article { border-color: #444; } }
`;

/** The mails as a page, newest first, without scripts and external resources. */
export function mailboxPage(mails: readonly Mail[]): string {
  const articles = mails.toReversed().map(
    ({ at, from, to, subject, text }) => `<article>
<h2>${escapeHtml(subject)}</h2>
<p>to ${escapeHtml(to.join(", "))} · from ${escapeHtml(from)} · ${new Date(at).toISOString()}</p>
<pre>${escapeHtml(text)}</pre>
</article>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Mailbox (${mails.length})</title><style>${STYLE}</style></head>
<body><h1>Mailbox of the emulator: ${mails.length} mail${mails.length === 1 ? "" : "s"}</h1>
${articles.join("\n") || "<p>No mail yet. Place an order.</p>"}
</body></html>
`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
