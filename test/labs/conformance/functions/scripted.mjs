/** Shows the test what it was invoked with, and does what the test answers. */
export const handler = async (event) => {
  // Takes the cold start out of what is measured.
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
      // With something to wait for: a process that waits for nothing ends.
      return new Promise((resolve) => setTimeout(resolve, 600_000));
    default:
      throw new Error(`The observer answered ${kind}`);
  }
};
