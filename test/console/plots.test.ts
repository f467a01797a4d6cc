import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import type { MetricsAnswer } from "../../lib/operator/observe/view-types.ts";
import { openOwnEmulator } from "../e2e/open-target.ts";
import { openWindow } from "./browser.ts";

const view = openWindow();
const { target } = await openOwnEmulator();

const STEPS = 60;
const steps = <Value>(valueAt: (step: number) => Value) =>
  Array.from({ length: STEPS }, (_, i) => valueAt(i));
const METRICS: MetricsAnswer = {
  stepSeconds: 60,
  at: steps((i) => Date.UTC(2026, 0, 1, 12, i)),
  series: [
    { name: "published", values: steps(() => 5) },
    {
      name: "processingP99",
      values: steps((i) => (i < 20 ? 100 : i < 30 ? null : i < 40 ? 0 : i === 50 ? 400 : null)),
    },
  ],
};

/** The steps of a plot in whose column the colour of a line is, each with how high it is, from 0 to 1. */
async function drawnSteps(page: Page, title: string, colour: string): Promise<ReadonlyMap<number, number>> {
  const figure = page.locator("figure", { hasText: title });
  const found = await figure.evaluate(
    (element, [name, count]) => {
      const canvas = element.querySelector("canvas") as HTMLCanvasElement;
      const plot = element.querySelector(".u-over") as HTMLElement;
      const pen = canvas.getContext("2d") as CanvasRenderingContext2D;
      const ratio = canvas.width / canvas.getBoundingClientRect().width;
      const probe = document.createElement("span");
      probe.style.color = `var(${name})`;
      document.body.append(probe);
      const wanted = (getComputedStyle(probe).color.match(/\d+/g) ?? []).slice(0, 3).map(Number);
      probe.remove();
      const { offsetLeft, offsetTop, clientWidth, clientHeight } = plot;
      return Array.from({ length: count }, (_, step) => {
        const x = Math.round((offsetLeft + (clientWidth * step) / (count - 1)) * ratio);
        const { data } = pen.getImageData(x, 0, 1, canvas.height);
        // The labels of the axis begin below.
        for (let y = 0; y < (offsetTop + clientHeight + 3) * ratio; y++) {
          const near = wanted.every((part, i) => Math.abs((data[4 * y + i] ?? 0) - part) < 40);
          if (near && data[4 * y + 3] === 255) return 1 - (y / ratio - offsetTop) / clientHeight;
        }
        return null;
      });
    },
    [colour, STEPS] as const,
  );
  return new Map([...found.entries()].flatMap(([step, height]) => (height === null ? [] : [[step, height]])));
}

it.each(["light", "dark"] as const)(
  "a plot in %s colours shows gaps as gaps, and zero on its axis",
  async (colorScheme) => {
    const page = await view.at(target.url, "#/", { colorScheme });
    await page.route("**/api/metrics?*", (route) => route.fulfill({ json: METRICS }));
    await page.reload();
    await page.locator("figure canvas").nth(1).waitFor();

    const drawn = await drawnSteps(page, "logarithmic", "--plot-2");

    const inside = [...drawn.keys()].filter((step) => step % 10 !== 0 && step % 10 !== 9);
    expect(inside).toEqual(
      steps((i) => i).filter((i) => (i < 20 || (i >= 30 && i < 40)) && i % 10 !== 0 && i % 10 !== 9),
    );
    expect([5, 35, 50].map((step) => drawn.get(step)?.toFixed(1))).toEqual(["0.7", "0.0", "0.9"]);
    expect(view.faults).toEqual([]);
  },
);
