import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { asAwsPublish, asCurl } from "../../../lib/operator/events/copy-as.ts";

const BODY = `{"it's":"$HOME \`id\` \\"quoted\\" \u{1f375}"}`;
const TOPIC = { arn: "arn:aws:sns:eu-central-1:123456789012:order-events-prod", region: "eu-central-1" };

/** The arguments of a command as a shell passes them on. */
const argumentsOf = (command: string): readonly string[] =>
  execFileSync("sh", ["-c", command.replace(/^\w+/, `printf '%s\\0'`)], { encoding: "utf8" })
    .split("\0")
    .slice(0, -1);
const following = (all: readonly string[], flag: string) => all[all.indexOf(flag) + 1] ?? "";

describe("a copied command has the event byte for byte", () => {
  test("of curl, for the topic and for one consumer", () => {
    const [topic, consumer] = [undefined, "notify-customer"].map((to) =>
      argumentsOf(asCurl("http://127.0.0.1:4010", BODY, to)),
    );

    expect(topic).toContain("http://127.0.0.1:4010/_emulator/events");
    expect(JSON.parse(following(topic ?? [], "-d"))).toEqual({ body: BODY });
    expect(JSON.parse(following(consumer ?? [], "-d"))).toEqual({ body: BODY, to: "notify-customer" });
  });

  test("of aws sns publish, with the attribute that subscriptions filter on", () => {
    const given = argumentsOf(asAwsPublish(TOPIC, BODY, "order.created"));

    expect(given.slice(0, 2)).toEqual(["sns", "publish"]);
    expect(following(given, "--topic-arn")).toBe(TOPIC.arn);
    expect(following(given, "--message")).toBe(BODY);
    expect(JSON.parse(following(given, "--message-attributes"))).toEqual({
      type: { DataType: "String", StringValue: "order.created" },
    });
    expect(given).not.toContain("--endpoint-url");
  });

  test("of aws sns publish to the emulator, which needs no credentials", () => {
    const given = argumentsOf(
      asAwsPublish({ ...TOPIC, endpoint: "http://127.0.0.1:9" }, BODY, "order.created"),
    );

    expect(following(given, "--endpoint-url")).toBe("http://127.0.0.1:9");
    expect(given).toContain("--no-sign-request");
  });
});
