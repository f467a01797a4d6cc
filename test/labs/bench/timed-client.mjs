// The emulator's client of the Runtime API, which first tells its process and when that began, in milliseconds since the
// epoch: what the machine needs until then is no part of a cold start. Plain JavaScript, as that client is.
process.stdout.write(`began ${process.pid} ${performance.timeOrigin}\n`);
await import("../../../lib/emulator/runtime/bootstrap.mjs");
