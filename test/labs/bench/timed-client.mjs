// The emulator's client of the Runtime API, which first reports its process and the start time in milliseconds since the
// epoch, to exclude the time before from a cold start. Plain JavaScript, as that client is.
process.stdout.write(`began ${process.pid} ${performance.timeOrigin}\n`);
await import("../../../lib/emulator/runtime/bootstrap.mjs");
