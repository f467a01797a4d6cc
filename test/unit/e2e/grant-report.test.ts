import { expect, test } from "vitest";
import { isComplete, reportOf, reportText } from "../../e2e/grant-report.ts";

const grant = { principal: "stock", policy: "own", action: "dynamodb:Scan", resource: "table" };
const needed = { ...grant, neededBy: { principal: "stock", action: "dynamodb:Scan", resource: "table" } };
const reason = { principal: /^stock$/, action: /Scan/, reason: "AWS asks for it." };

test("a report of needed grants is complete", () => {
  const report = reportOf([needed], []);

  expect(isComplete(report)).toBe(true);
  expect(reportText(report)).toBe("1 grants: 1 needed by the suite, 0 kept, 0 unneeded\n");
});

test("an unneeded grant without a reason is listed, and makes it incomplete", () => {
  const report = reportOf([needed, grant], []);

  expect(isComplete(report)).toBe(false);
  expect(reportText(report)).toContain("No call of the suite needs:\n  stock  dynamodb:Scan  table");
});

test("an unneeded grant with a reason is kept", () => {
  const report = reportOf([grant], [reason]);

  expect(isComplete(report)).toBe(true);
  expect(reportText(report)).toContain("Kept: AWS asks for it.\n  stock  dynamodb:Scan  table");
});

test("a reason without an unneeded grant makes it incomplete", () => {
  const report = reportOf([needed], [reason]);

  expect(isComplete(report)).toBe(false);
  expect(reportText(report)).toContain("No grant is kept for:\n  AWS asks for it.");
});
