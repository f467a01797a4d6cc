import {
  type CloudWatchClient,
  GetMetricDataCommand,
  type MetricDataQuery,
} from "@aws-sdk/client-cloudwatch";
import { FUNCTIONS } from "../../../functions/consumers/consumers.ts";
import { SERVICE } from "../../../functions/contract/names.ts";
import { type Named, physicalName, serviceDimension } from "../../constructs/resource-names.ts";
import { OWN_SERIES, sumOfKnown } from "./own-series.ts";
import type { MetricSeries, MetricsAnswer } from "./view-types.ts";

/** The resolution of the functions' metrics in CloudWatch. */
const STEP_SECONDS = 60;
const STEP_MS = STEP_SECONDS * 1_000;

/** A query and its series; a series that is summed over event types has several. */
interface SeriesQuery {
  readonly series: number;
  readonly query: MetricDataQuery;
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
export async function awsMetrics(
  client: CloudWatchClient,
  stage: Named,
  minutes: number,
  now: number,
): Promise<MetricsAnswer> {
  const from = Math.floor(now / STEP_MS - minutes + 1) * STEP_MS;
  const at = Array.from({ length: minutes }, (_, i) => from + i * STEP_MS);
  const queries = [...queriesFor(serviceDimension(stage)), ...crashQueries(stage)];
  const results = await getMetricData(client, queries, { from, to: from + minutes * STEP_MS });
  const all = [...OWN_SERIES, { name: "errors", consumer: undefined } as const];
  const series = all.map(({ name, consumer }, index): MetricSeries => {
    const ownQueries = queries.filter((each) => each.series === index);
    const values = at.map((time) =>
      sumOfKnown(ownQueries.map(({ query }) => results.get(query.Id ?? "")?.get(time))),
    );
    return consumer === undefined ? { name, values } : { name, consumer, values };
  });
  return { stepSeconds: STEP_SECONDS, at, series };
}

function queriesFor(service: string): SeriesQuery[] {
  const ofService = { Name: "service", Value: service };
  return OWN_SERIES.flatMap(({ metric, statistic, consumer, types = [undefined] }, series) =>
    types.map((type, i) => ({
      series,
      query: {
        Id: `s${series}t${i}`,
        MetricStat: {
          Metric: {
            Namespace: SERVICE,
            MetricName: metric,
            Dimensions:
              consumer === undefined || type === undefined
                ? [ofService]
                : [ofService, { Name: "consumer", Value: consumer }, { Name: "type", Value: type }],
          },
          Period: STEP_SECONDS,
          Stat: statistic,
        },
      },
    })),
  );
}

/** Crashes and time-outs of each function: they count no failed message. */
function crashQueries(stage: Named): SeriesQuery[] {
  return FUNCTIONS.map((name, i) => ({
    series: OWN_SERIES.length,
    query: {
      Id: `e${i}`,
      MetricStat: {
        Metric: {
          Namespace: "AWS/Lambda",
          MetricName: "Errors",
          Dimensions: [{ Name: "FunctionName", Value: physicalName(stage, name) }],
        },
        Period: STEP_SECONDS,
        Stat: "Sum",
      },
    },
  }));
}

/** By query id: step → value. Steps without data are absent. */
async function getMetricData(
  client: CloudWatchClient,
  queries: readonly SeriesQuery[],
  { from, to }: { readonly from: number; readonly to: number },
): Promise<ReadonlyMap<string, ReadonlyMap<number, number>>> {
  const results = new Map<string, Map<number, number>>();
  let token: string | undefined;
  do {
    const page = await client.send(
      new GetMetricDataCommand({
        MetricDataQueries: queries.map(({ query }) => query),
        StartTime: new Date(from),
        EndTime: new Date(to),
        ScanBy: "TimestampAscending",
        ...(token === undefined ? {} : { NextToken: token }),
      }),
    );
    for (const { Id = "", Timestamps = [], Values = [] } of page.MetricDataResults ?? []) {
      const values = results.get(Id) ?? new Map<number, number>();
      for (const [i, time] of Timestamps.entries()) values.set(time.getTime(), Values[i] ?? 0);
      results.set(Id, values);
    }
    token = page.NextToken;
  } while (token !== undefined);
  return results;
}
