import {
  type CloudWatchClient,
  GetMetricDataCommand,
  type MetricDataQuery,
} from "@aws-sdk/client-cloudwatch";
import { SERVICE } from "../../../functions/contract/names.ts";
import { serviceDimension } from "../../constructs/resource-names.ts";
import { OWN_SERIES, sumOfKnown } from "./own-series.ts";
import type { MetricSeries, MetricsAnswer } from "./view-types.ts";

/** Metrics are a minute apart in CloudWatch. */
const STEP_SECONDS = 60;
const STEP_MS = STEP_SECONDS * 1_000;

/** One question to CloudWatch; several make one series where it has to be summed up over types. */
interface Question {
  readonly series: number;
  readonly query: MetricDataQuery;
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
export async function awsMetrics(
  client: CloudWatchClient,
  stage: string,
  minutes: number,
  now: number,
): Promise<MetricsAnswer> {
  const from = Math.floor(now / STEP_MS - minutes + 1) * STEP_MS;
  const at = Array.from({ length: minutes }, (_, i) => from + i * STEP_MS);
  const questions = questionsFor(serviceDimension(stage));
  const answers = await ask(client, questions, { from, to: from + minutes * STEP_MS });
  const series = OWN_SERIES.map(({ name, consumer }, index): MetricSeries => {
    const mine = questions.filter((question) => question.series === index);
    const values = at.map((time) =>
      sumOfKnown(mine.map(({ query }) => answers.get(query.Id ?? "")?.get(time))),
    );
    return consumer === undefined ? { name, values } : { name, consumer, values };
  });
  return { stepSeconds: STEP_SECONDS, at, series };
}

function questionsFor(service: string): Question[] {
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

/** By the id of the question: the value of each step that has one. */
async function ask(
  client: CloudWatchClient,
  questions: readonly Question[],
  { from, to }: { readonly from: number; readonly to: number },
): Promise<ReadonlyMap<string, ReadonlyMap<number, number>>> {
  const answers = new Map<string, Map<number, number>>();
  let token: string | undefined;
  do {
    const page = await client.send(
      new GetMetricDataCommand({
        MetricDataQueries: questions.map(({ query }) => query),
        StartTime: new Date(from),
        EndTime: new Date(to),
        ScanBy: "TimestampAscending",
        ...(token === undefined ? {} : { NextToken: token }),
      }),
    );
    for (const { Id = "", Timestamps = [], Values = [] } of page.MetricDataResults ?? []) {
      const values = answers.get(Id) ?? new Map<number, number>();
      for (const [i, time] of Timestamps.entries()) values.set(time.getTime(), Values[i] ?? 0);
      answers.set(Id, values);
    }
    token = page.NextToken;
  } while (token !== undefined);
  return answers;
}
