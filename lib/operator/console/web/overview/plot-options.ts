import type UPlot from "uplot";
import { colourOf } from "../page/theme.ts";

const HEIGHT = 190;

export interface Line {
  readonly label: string;
  /** CSS custom property of the colour. */
  readonly colour: string;
  readonly dash?: readonly number[];
  readonly values: readonly (number | null)[];
}

export interface PlotProps {
  readonly title: string;
  /** Seconds since the epoch. */
  readonly at: readonly number[];
  readonly lines: readonly Line[];
  readonly format: (value: number) => string;
  /** The values are times: the scale is logarithmic. */
  readonly isTime?: boolean;
}

interface Drawing extends Pick<PlotProps, "lines" | "format"> {
  readonly isTime: boolean;
  readonly width: number;
  /** Receives the index of the step under the pointer; null where there is none. */
  readonly onPoint: (index: number | null) => void;
}

/** The plots of the page share one cursor. */
export function plotOptions({ lines, format, isTime, width, onPoint }: Drawing): UPlot.Options {
  const ink = colourOf("--soft");
  const line = colourOf("--line");
  const font = `12px ${getComputedStyle(document.body).fontFamily}`;
  const axis = { stroke: ink, font, ticks: { show: false }, grid: { stroke: line, width: 1 } };
  return {
    width,
    height: HEIGHT,
    // Room for the last time label, which is centred at the right edge.
    padding: [8, 20, 0, 0],
    legend: { show: false },
    cursor: { sync: { key: "flow" }, y: false, drag: { x: false, y: false }, points: { size: 6 } },
    scales: { y: isTime ? { distr: 3 } : { range: (_, __, highest) => [0, niceAbove(highest)] } },
    axes: [
      { ...axis, grid: { show: false }, size: 28, space: 70, values: (_, seconds) => seconds.map(clockOf) },
      {
        ...axis,
        size: 54,
        space: 36,
        values: (_, values) => values.map(format),
        ...(isTime ? { splits: (_, __, least, most) => tens(least, most), filter: (_, all) => all } : {}),
      },
    ],
    series: [
      {},
      ...lines.map(({ label, colour, dash }) => ({
        label,
        stroke: colourOf(colour),
        width: 1.5,
        // A value between two gaps has no line.
        points: {
          show: false,
          filter: (plot: UPlot, series: number) => isolated(plot.data[series] ?? []),
          fill: colourOf(colour),
          size: 5,
        },
        ...(dash === undefined ? {} : { dash: [...dash] }),
      })),
    ],
    hooks: { setCursor: [(plot) => onPoint(plot.cursor.idx ?? null)] },
  };
}

const isolated = (values: ArrayLike<number | null | undefined>): number[] => {
  const isGap = (at: number) => (values[at] ?? null) === null;
  return Array.from(values, (_, at) => at).filter((at) => !isGap(at) && isGap(at - 1) && isGap(at + 1));
};

function niceAbove(highest: number | null): number {
  return highest === null || highest <= 0 ? 1 : highest * 1.15;
}

/** 1, 3, 10, 30 … between the two limits. */
function tens(least: number, most: number): number[] {
  const first = Math.floor(Math.log10(Math.max(least, 0.1)));
  const powers = Array.from({ length: 9 }, (_, i) => 10 ** (first + i));
  return powers.flatMap((power) => [power, 3 * power]).filter((each) => each >= least && each <= most);
}

const clockOf = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(11, 16);
