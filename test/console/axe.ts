import axe from "axe-core";
import type { Page } from "playwright-core";

/** What breaks WCAG 2.2 A and AA, or a best practice, on the page by the rules of axe: rule and element. */
export async function violationsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const { run } = Reflect.get(globalThis, "axe") as typeof axe;
    const { violations } = await run(document, { runOnly: { type: "tag", values: tags } });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
  });
}
