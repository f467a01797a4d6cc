/** Not console.log: its prefix on each line would break the metrics format. */
export function writeToStdout(text: string): void {
  process.stdout.write(text);
}
