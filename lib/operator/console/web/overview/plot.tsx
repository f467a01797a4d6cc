import { useEffect, useRef, useState } from "preact/hooks";
import UPlot from "uplot";
import { THEME_CHANGED } from "../page/theme.ts";
import { type Line, type PlotProps, plotOptions } from "./plot-options.ts";

/** Lines over time, with a legend of the latest values or those under the pointer. */
export function Plot({ title, at, lines, format, isTime = false }: PlotProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(undefined);
  const [pointed, setPointed] = useState<number | null>(null);
  const [theme, setTheme] = useState(0);
  const shape = lines.map(({ label }) => label).join();
  const drawn = lines.map(({ values }) => (isTime ? values.map(withoutZero) : values));
  const data = [at, ...drawn] as unknown as UPlot.AlignedData;

  useEffect(() => {
    const changed = () => setTheme((before) => before + 1);
    addEventListener(THEME_CHANGED, changed);
    return () => removeEventListener(THEME_CHANGED, changed);
  }, []);

  // The plot is rebuilt when lines or colours change; the effect below sets its data.
  useEffect(() => {
    const { current } = box;
    if (current === null) return;
    const options = plotOptions({
      lines,
      format,
      isTime,
      width: current.clientWidth,
      onPoint: setPointed,
    });
    const made = new UPlot(options, data, current);
    plot.current = made;
    const resized = new ResizeObserver(() => {
      made.setSize({ width: current.clientWidth, height: options.height });
    });
    resized.observe(current);
    return () => {
      resized.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [shape, theme]);

  useEffect(() => plot.current?.setData(data));

  const index = pointed ?? at.length - 1;
  return (
    <figure>
      <figcaption>
        <span class="soft">{title}</span>
        <ul class="legend">
          {lines.map(({ label, colour, dash, values }) => (
            <li key={label}>
              <span class={`key ${keyOf(dash)}`} style={{ color: `var(${colour})` }} />
              {label} <b>{textOf(pointed === null ? latest(values) : values[index], format)}</b>
            </li>
          ))}
        </ul>
      </figcaption>
      <div ref={box} class="canvas" aria-hidden="true" />
    </figure>
  );
}

/** A logarithmic scale has no zero: less than a millisecond is drawn as one. */
const withoutZero = (ms: number | null) => (ms === null ? null : Math.max(ms, 1));

function keyOf(dash: Line["dash"]): string {
  if (dash === undefined) return "";
  return (dash[0] ?? 0) > 1 ? "dashed" : "dotted";
}

function textOf(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? "–" : format(value);
}

/** The value before the current step, which is incomplete. */
function latest(values: readonly (number | null)[]): number | null | undefined {
  return values.slice(0, -1).findLast((value) => value !== null);
}
