import {
  type CloudWatchClient,
  GetMetricDataCommand,
  type MetricDataQuery,
} from "@aws-sdk/client-cloudwatch";
import { FUNCTIONS } from "../../../functions/consumers/consumers.ts";
import { SERVICE } from "../../../functions/contract/names.ts";
import {
  API_GATEWAY_STAGE_NAME,
  type Named,
  physicalName,
  serviceDimension,
} from "../../constructs/resource-names.ts";
import { OWN_SERIES, sumOfKnown } from "./own-series.ts";
import type { MetricSeries, MetricsAnswer } from "./view-types.ts";

/** The resolution of the functions' metrics in CloudWatch. */
const STEP_SECONDS = 60;
const STEP_MS = STEP_SECONDS * 1_000;

/** A query and its series; a series that is summed over event types has several. */
interface SeriesQuery {
  /** Its place in OWN_SERIES, or its name. */
  readonly series: number | "errors" | "apiRequests" | "apiErrors";
  /** The function. */
  readonly of?: string;
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
  const queries = [...queriesFor(serviceDimension(stage)), ...crashQueries(stage), ...apiQueries(stage)];
  const results = await getMetricData(client, queries, { from, to: from + minutes * STEP_MS });
  const valuesOf = (of: readonly SeriesQuery[]) =>
    at.map((time) => sumOfKnown(of.map(({ query }) => results.get(query.Id ?? "")?.get(time))));
  const own = OWN_SERIES.map(({ name, consumer }, index): MetricSeries => {
    const values = valuesOf(queries.filter(({ series }) => series === index));
    return consumer === undefined ? { name, values } : { name, consumer, values };
  });
  const crashed = queries.filter(({ series }) => series === "errors");
  const ofFunctions = crashed
    .map((query): MetricSeries => ({ name: "errors", consumer: query.of ?? "", values: valuesOf([query]) }))
    .filter(({ values }) => values.some(Boolean));
  const api = (["apiRequests", "apiErrors"] as const).map(
    (name): MetricSeries => ({ name, values: valuesOf(queries.filter(({ series }) => series === name)) }),
  );
  return {
    stepSeconds: STEP_SECONDS,
    at,
    series: [...own, { name: "errors", values: valuesOf(crashed) }, ...ofFunctions, ...api],
  };
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
  return FUNCTIONS.map((of, i) => ({
    series: "errors",
    of,
    query: sumQuery(`e${i}`, "AWS/Lambda", "Errors", { FunctionName: physicalName(stage, of) }),
  }));
}

function apiQueries(stage: Named): SeriesQuery[] {
  const dimensions = { ApiName: physicalName(stage), Stage: API_GATEWAY_STAGE_NAME };
  return [
    { series: "apiRequests", query: sumQuery("a0", "AWS/ApiGateway", "Count", dimensions) },
    { series: "apiErrors", query: sumQuery("a1", "AWS/ApiGateway", "5XXError", dimensions) },
  ];
}

function sumQuery(
  Id: string,
  Namespace: string,
  MetricName: string,
  dimensions: Readonly<Record<string, string>>,
): MetricDataQuery {
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  return {
    Id,
    MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period: STEP_SECONDS, Stat: "Sum" },
  };
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
