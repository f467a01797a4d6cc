import { describe, expect, test } from "vitest";
import { readingOf, readSettings, STAGES } from "../../lib/config.ts";
import { leastVisibilitySeconds } from "../../lib/settings/queue-rules.ts";
import { SettingError } from "../../lib/settings/read-setting.ts";

describe("settings", () => {
  test("without context are the defaults of stage dev", () => {
    expect(readSettings({})).toMatchObject({
      stage: "dev",
      batchSize: 10,
      maxConcurrency: 10,
      backlogLimit: 10_000,
      maxReceiveCount: 5,
      dlqRetryDelaysSeconds: [30, 240, 900],
    });
  });

  test("of a named stage override the defaults, and given ones override both", () => {
    const settings = readSettings({ stage: "local", logRetentionDays: "7" });

    expect(settings.dlqRetryDelaysSeconds).toEqual([2, 5, 10]);
    expect(settings.mailSender).toBe("orders@example.com");
    expect(settings.logRetentionDays).toBe(7);
    expect(settings.batchSize).toBe(10);
  });

  test.each(Object.keys(STAGES))("of stage %s are valid", (stage) => {
    expect(readSettings({ stage }).stage).toBe(stage);
  });

  test("of another stage are the defaults", () => {
    expect(readSettings({ stage: "alice" })).toEqual({ ...readSettings({}), stage: "alice" });
  });

  test("are parsed from the text of the command line", () => {
    const settings = readSettings({
      dlqRetryDelaysSeconds: "1, 2,3",
      apiLogRole: "false",
      backbones: "queues,kafka",
      maxAgeSeconds: "60",
    });

    expect(settings.dlqRetryDelaysSeconds).toEqual([1, 2, 3]);
    expect(settings.apiLogRole).toBe(false);
    expect(settings.backbones).toEqual(["queues", "kafka"]);
    expect(settings.maxAgeSeconds).toBe(60);
  });

  test("ignore the toolkit's own context", () => {
    expect(() =>
      readSettings({ "@aws-cdk/core:x": true, "aws:cdk:y": 1, "hosted-zone:z": {} }),
    ).not.toThrow();
  });

  test("refuse an unknown name, and list the known ones", () => {
    expect(() => readSettings({ batchsize: 5 })).toThrow(/no setting "batchsize".*batchSize/);
  });

  test.each([
    ["batchSize", "11", /"batchSize".*minimum 1, maximum 10; received "11"/],
    ["batchSize", "0", /minimum 1/],
    ["batchSize", "1.5", /whole number.*received "1.5"/],
    ["batchSize", "1e1", /received "1e1"/],
    ["batchSize", "", /received ""/],
    ["batchSize", null, /received null/],
    ["maxConcurrency", 1, /minimum 2, maximum 1000; received 1/],
    ["maxReceiveCount", "4", /minimum 5/],
    ["apiLogRole", "yes", /true or false; received "yes"/],
    ["logRetentionDays", "31", /one of 1, 3, 5/],
    ["dlqRetryDelaysSeconds", "1,2", /3 comma-separated/],
    ["dlqRetryDelaysSeconds", "1,2,901", /maximum 900/],
    ["backbones", "queues,carrier-pigeons", /kafka/],
    ["stage", "Prod", /lower-case/],
    ["stage", "__proto__", /lower-case/],
    ["mailSender", "unknown", /e-mail/],
    ["mailSender", "a@b\r\nBcc: c@d", /e-mail/],
    ["region", "Frankfurt", /AWS region/],
    ["account", "12345", /12 digits/],
  ])("refuse %s = %j and print what is allowed", (name, value, message) => {
    const read = () => readSettings({ [name]: value });

    expect(read).toThrow(SettingError);
    expect(read).toThrow(message);
  });

  test("refuse a return time shorter than a retry takes, and name the minimum", () => {
    const slowest = 900 + 5 * leastVisibilitySeconds(readingOf(readSettings({})));

    expect(() => readSettings({ returnWithinSeconds: slowest - 1 })).toThrow(
      new RegExp(`at least ${slowest}`),
    );
    expect(readSettings({ returnWithinSeconds: slowest }).returnWithinSeconds).toBe(slowest);
  });

  test("refuse a budget without an alarm address", () => {
    expect(() => readSettings({ monthlyBudgetUsd: 50 })).toThrow(/alarmEmail/);
    expect(readSettings({ monthlyBudgetUsd: 50, alarmEmail: "a@b.example" }).monthlyBudgetUsd).toBe(50);
  });
});
