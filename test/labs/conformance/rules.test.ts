import { expect, test } from "vitest";
import { GATEWAY_CASES } from "./cases-gateway.ts";
import { HTTP_API_CASES } from "./cases-http-api.ts";
import { BATCH_CASES } from "./cases-queue-batches.ts";
import { REDELIVERY_CASES } from "./cases-queue-redelivery.ts";
import { RESPONSE_CASES } from "./cases-queue-responses.ts";
import { STREAM_FAILURE_CASES } from "./cases-stream-failures.ts";
import { STREAM_FILTER_CASES } from "./cases-stream-filters.ts";
import { STREAM_READING_CASES } from "./cases-stream-reading.ts";
import { STREAM_RESPONSE_CASES } from "./cases-stream-responses.ts";
import { MINISTACK_DEPARTURES } from "./ministack.ts";
import { EMULATOR_DEPARTURES } from "./own-target.ts";

const MAPPING_CASES = [
  ...RESPONSE_CASES,
  ...REDELIVERY_CASES,
  ...BATCH_CASES,
  ...STREAM_RESPONSE_CASES,
  ...STREAM_FAILURE_CASES,
  ...STREAM_READING_CASES,
  ...STREAM_FILTER_CASES,
];
const RULES = [...MAPPING_CASES, ...GATEWAY_CASES, ...HTTP_API_CASES];

test("each rule is listed once", () => {
  const names = RULES.map(({ rule }) => rule);

  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

test("each rule has the address of its page", () => {
  const page = /^https:\/\/(docs\.aws\.amazon\.com\/\S+\.html|github\.com\/\S+\/pull\/\d+)$/;

  expect(RULES.filter(({ source }) => !page.test(source)).map(({ rule }) => rule)).toEqual([]);
});

test.each([
  ["the emulator", EMULATOR_DEPARTURES],
  ["MiniStack", MINISTACK_DEPARTURES],
])("each departure of %s names a rule", (_name, departures) => {
  const names = MAPPING_CASES.map(({ rule }) => rule);

  expect(Object.keys(departures).filter((rule) => !names.includes(rule))).toEqual([]);
});
