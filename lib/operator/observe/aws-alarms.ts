import { type CloudWatchClient, DescribeAlarmsCommand, type MetricAlarm } from "@aws-sdk/client-cloudwatch";
import { type Named, physicalName } from "../../constructs/resource-names.ts";
import { alarmView, urgentFirst } from "./alarm-view.ts";
import type { AlarmView } from "./view-types.ts";

/** The alarms of a stage. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html */
export async function awsAlarms(client: CloudWatchClient, stage: Named): Promise<readonly AlarmView[]> {
  const prefix = `${physicalName(stage)}-`;
  const found: AlarmView[] = [];
  let token: string | undefined;
  do {
    const page = await client.send(
      new DescribeAlarmsCommand({
        AlarmNamePrefix: prefix,
        AlarmTypes: ["MetricAlarm"],
        MaxRecords: 100,
        ...(token === undefined ? {} : { NextToken: token }),
      }),
    );
    found.push(...(page.MetricAlarms ?? []).map(toAlarmView).filter((alarm) => isOfStage(alarm, prefix)));
    token = page.NextToken;
  } while (token !== undefined);
  return urgentFirst(found);
}

function toAlarmView(alarm: MetricAlarm): AlarmView {
  return alarmView({
    name: alarm.AlarmName ?? "",
    state: alarm.StateValue ?? "",
    since: alarm.StateUpdatedTimestamp?.getTime() ?? 0,
    description: alarm.AlarmDescription ?? "",
    ...(alarm.StateReason === undefined ? {} : { reason: alarm.StateReason }),
  });
}

/** The prefix of stage `prod` also matches alarms of stage `prod-eu`: the kind must follow it. */
function isOfStage({ name, runbook }: AlarmView, prefix: string): boolean {
  const kind = runbook.replace(/^alarm-/, "");
  const rest = name.slice(prefix.length);
  return rest === kind || (kind !== "" && rest.startsWith(`${kind}-`));
}
