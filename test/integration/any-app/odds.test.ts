import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningApp, runApp } from "./run-app.ts";

const FOLDER = join(import.meta.dirname, "../../fixtures/apps/odds");

let app: RunningApp;
beforeAll(async () => {
  app = await runApp(FOLDER);
});
afterAll(() => app.close());

test("what cannot be run is named in one line each, with what to do", () => {
  expect(Object.fromEntries(app.leftOut.map(({ path, reason }) => [path, reason]))).toEqual({
    "Prod/Odds/Pool": "AWS::Cognito::UserPool is not run; requests are not authorized",
    "Prod/Odds/Secret": "AWS::SecretsManager::Secret is not run; set what the function reads as a variable",
    "Prod/Odds/Flow": "AWS::StepFunctions::StateMachine is not run; start its functions directly",
    "Prod/Odds/Bus":
      "AWS::Events::EventBus is not run; send what it would send to a queue or topic of the app",
    "Prod/Odds/Uploads/Notifications":
      "Custom::S3BucketNotifications is not run; the local emulator sends no bucket notifications; invoke the function itself",
    "Prod/Odds/Parameter": "AWS::SSM::Parameter is not run; set what the function reads as a variable",
    "Prod/Odds/Seeded":
      "Custom::Seed is not run; it acts on a deployment only; its attributes are placeholders",
    "Prod/Odds/Snake":
      "the local emulator runs Node.js functions, not python3.13; what invokes it is left out",
    "Prod/Odds/Layered":
      "the local emulator runs a function from its bundle, without Layers; bundle what it needs",
    "availability-zones:account=123456789012:region=us-east-1":
      "the lookup of availability-zones has a placeholder; run npx cdk synth once with credentials, which keeps its result in cdk.context.json",
    "Prod/Odds/OnOrder": "the local emulator has no event bus; it runs schedules only",
  });
});

test("the rest runs: an alias behind an API, in a VPC, with references to what is not run", async () => {
  const response = await fetch(`${app.url}/`);

  expect([response.status, await response.text()]).toEqual([
    200,
    expect.stringMatching(/^Pool\w+\.ProviderNameProd-Odds-Queue\w+$/),
  ]);
});

test("the preflight request of a REST API is answered by its mock", async () => {
  const headers = { Origin: "http://localhost:3000", "Access-Control-Request-Method": "GET" };
  const response = await fetch(`${app.url}/`, { method: "OPTIONS", headers });

  expect([response.status, response.headers.get("access-control-allow-origin")]).toEqual([
    204,
    "http://localhost:3000",
  ]);
});

test("functions that serve a deployment only are not run, and a nested stack is", async () => {
  const response = await fetch(`${app.url}/_emulator`);
  const about = (await response.json()) as Readonly<Record<"functions" | "queues", readonly string[]>>;

  expect(about.functions).toEqual(["Main", "OnEvent"]);
  expect(about.queues).toEqual([
    expect.stringMatching(/^Prod-Odds-Queue/),
    expect.stringMatching(/^Prod-Odds-Nested.*Inner/),
  ]);
});
