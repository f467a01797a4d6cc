import { count } from "../../../observe/count.ts";
import type { MetricsAnswer, SeriesName } from "../../../observe/view-types.ts";
import { ms } from "../format.ts";
import { Empty } from "../page/states.tsx";
import { Plot } from "./plot.tsx";
import type { Line } from "./plot-options.ts";

interface LineStyle {
  readonly label: string;
  /** CSS custom property of the colour. */
  readonly colour: string;
  readonly dash?: readonly number[];
}

const DOTTED = [1, 4] as const;
const THROUGHPUT: Readonly<Partial<Record<SeriesName, LineStyle>>> = {
  published: { label: "published", colour: "--plot-1" },
  consumed: { label: "consumed", colour: "--plot-2" },
  failed: { label: "failed attempts", colour: "--plot-3", dash: [4, 3] },
  parked: { label: "parked", colour: "--plot-3" },
  invocations: { label: "invocations", colour: "--plot-1" },
  errors: { label: "crashed invocations", colour: "--plot-3", dash: DOTTED },
};
const LATENCY: Readonly<Partial<Record<SeriesName, LineStyle>>> = {
  orderLatencyP50: { label: "order to final status, median", colour: "--plot-1", dash: [4, 3] },
  orderLatencyP99: { label: "order to final status, p99", colour: "--plot-1" },
  processingP50: { label: "processing, median", colour: "--plot-2", dash: [4, 3] },
  processingP99: { label: "processing, p99", colour: "--plot-2" },
  durationP50: { label: "slowest function, median", colour: "--plot-2", dash: [4, 3] },
  durationP99: { label: "slowest function, p99", colour: "--plot-2" },
};

/** Throughput and latency over the same period. */
export function Plots({ metrics }: { readonly metrics: MetricsAnswer }) {
  const isOfEvents = metrics.series.some(({ name }) => name === "published");
  const perMinute = 60 / metrics.stepSeconds;
  const throughput = linesOf(metrics, THROUGHPUT, perMinute);
  const latency = linesOf(metrics, LATENCY, 1);
  if (metrics.at.length < 2 || throughput.every(isBlank)) {
    return (
      <Empty>
        {isOfEvents ? "No messages were published or received" : "No function was invoked"} in this period.
      </Empty>
    );
  }
  const at = metrics.at.map((each) => each / 1000);
  return (
    <div class="plots">
      <Plot
        title={isOfEvents ? "Messages a minute" : "Invocations a minute"}
        at={at}
        lines={throughput.map(ended)}
        format={count}
      />
      <Plot title="Time, on a logarithmic scale" at={at} lines={latency} format={ms} isTime />
    </div>
  );
}

/** The series of the service where there is one, else the sum or maximum over its consumers. */
function linesOf(
  { series }: MetricsAnswer,
  looks: Readonly<Partial<Record<SeriesName, LineStyle>>>,
  scale: number,
): Line[] {
  return Object.entries(looks).flatMap(([name, look]) => {
    const own = series.filter((each) => each.name === name);
    const whole = own.filter(({ consumer }) => consumer === undefined);
    const used = whole.length > 0 ? whole : own;
    if (used.length === 0) return [];
    const isTime = /P\d+$/.test(name);
    const join = isTime ? Math.max : (left: number, right: number) => left + right;
    const [first = [], ...others] = used.map(({ values }) => values);
    const values = others.reduce(
      (sums, more) => sums.map((sum, i) => joined(sum, more[i] ?? null, join)),
      first,
    );
    // A missing count is zero; a missing time is unknown.
    const unknown = isTime ? null : 0;
    return [{ ...look, values: values.map((value) => (value === null ? unknown : value * scale)) }];
  });
}

function joined(one: number | null, other: number | null, join: (a: number, b: number) => number) {
  if (one === null) return other;
  return other === null ? one : join(one, other);
}

/** Without the current step, whose count is not complete. */
const ended = (line: Line): Line => ({ ...line, values: [...line.values.slice(0, -1), null] });

const isBlank = ({ values }: Line): boolean => values.every((value) => value === null || value === 0);
