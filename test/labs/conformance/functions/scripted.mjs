/** Reports its event to the test, and behaves as the test responds. */
export const handler = async (event) => {
  // Excludes the cold start from the measurement.
  if (event.warm) return null;
  const reply = await fetch(process.env.OBSERVER, { method: "POST", body: JSON.stringify(event) });
  const { kind, value } = await reply.json();
  switch (kind) {
    case "answer":
      return value;
    case "throw":
      throw new Error("told to throw");
    case "exit":
      return process.exit(1);
    case "hang":
      // With a timer, because a process with nothing to wait for ends.
      return new Promise((resolve) => setTimeout(resolve, 600_000));
    default:
      throw new Error(`The observer answered ${kind}`);
  }
};
