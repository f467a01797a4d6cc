interface RevisedRow {
  readonly revision: number;
  readonly writeId: string;
}

/** What `optimisticPut` does in DynamoDB: a repeated write counts as done. */
export function memoryPut<Row extends RevisedRow>(
  rows: Map<string, Row>,
  key: string,
  row: Row,
  expectedRevision: number | undefined,
): boolean {
  const current = rows.get(key);
  if (current?.revision !== expectedRevision) return current?.writeId === row.writeId;
  rows.set(key, row);
  return true;
}
