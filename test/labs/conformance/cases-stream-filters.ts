import { finishedAfter, type StreamCase, streamBatches } from "./stream-case.ts";

/** "Filter rule syntax", with a table of the comparisons. */
const FILTERING = "https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html";

/** Values that differ from their id. */
const ITEMS: Readonly<Record<string, string>> = {
  alice: "Alice",
  small: "alice",
  bob: "Bob",
  "report.png": "report.png",
  nothing: "",
};

interface Row {
  readonly comparison: string;
  /** Of the item's value. */
  readonly value?: unknown;
  /** Of the whole record. */
  readonly patterns?: readonly unknown[];
  readonly passes: readonly string[];
}

const ofValue = (rule: unknown) => ({ dynamodb: { NewImage: { value: { S: rule } } } });

const ROWS: readonly Row[] = [
  { comparison: "equals", value: ["Alice"], passes: ["alice"] },
  {
    comparison: "equals, ignoring case",
    value: [{ "equals-ignore-case": "ALICE" }],
    passes: ["alice", "small"],
  },
  { comparison: "empty", value: [""], passes: ["nothing"] },
  { comparison: "or of values", value: ["Alice", "Bob"], passes: ["alice", "bob"] },
  { comparison: "not", value: [{ "anything-but": ["Alice", "Bob", ""] }], passes: ["small", "report.png"] },
  { comparison: "begins with", value: [{ prefix: "B" }], passes: ["bob"] },
  { comparison: "ends with", value: [{ suffix: ".png" }], passes: ["report.png"] },
  { comparison: "exists", value: [{ exists: true }], passes: Object.keys(ITEMS) },
  {
    comparison: "does not exist",
    patterns: [{ dynamodb: { OldImage: { value: { S: [{ exists: false }] } } } }],
    passes: Object.keys(ITEMS),
  },
  {
    comparison: "and of fields",
    patterns: [{ eventName: ["INSERT"], ...ofValue([{ prefix: "A" }]) }],
    passes: ["alice"],
  },
  {
    comparison: "and of fields, one of which does not match",
    patterns: [{ eventName: ["REMOVE"], ...ofValue([{ prefix: "A" }]) }],
    passes: [],
  },
  {
    comparison: "or of fields",
    patterns: [{ $or: [{ eventName: ["REMOVE"] }, ofValue(["Bob"])] }],
    passes: ["bob"],
  },
  {
    comparison: "several filters: one has to match",
    patterns: [ofValue(["Alice"]), ofValue(["Bob"])],
    passes: ["alice", "bob"],
  },
];

/** The last record of a case has to pass the filter. */
const LAST_PASSES = { dynamodb: { Keys: { id: { S: ["last"] } } } };

/** Filters of a mapping. */
export const STREAM_FILTER_CASES: readonly StreamCase[] = ROWS.map(
  ({ comparison, value, patterns = [ofValue(value)], passes }) => ({
    rule: `filter: ${comparison}`,
    source: FILTERING,
    setup: { filters: [...patterns, LAST_PASSES].map((pattern) => JSON.stringify(pattern)) },
    drive: async (rig) => {
      for (const [id, text] of Object.entries(ITEMS)) await rig.put(id, text);
      await rig.start();
      await finishedAfter(rig, 0);
    },
    seen: (rig) => streamBatches(rig).flat(),
    expected: passes,
  }),
);
