import { expect, it } from "vitest";
import { bucketIn } from "../../../lib/deploy/bucket.ts";

it.each([
  [
    "<member><PhysicalResourceId>t</PhysicalResourceId><ResourceType>AWS::DynamoDB::Table</ResourceType></member>",
    undefined,
  ],
  [
    "<member><PhysicalResourceId>b</PhysicalResourceId><ResourceType>AWS::S3::Bucket</ResourceType></member>",
    "b",
  ],
  ["", undefined],
])("the bucket among a stack's resources %#", (text, bucket) => {
  expect(bucketIn(text)).toBe(bucket);
});
