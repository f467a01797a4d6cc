// A fresh process that imports one module and prints what that took, in milliseconds: by the clock, and of this
// thread's CPU. Plain JavaScript, so that stripping types is no part of it.
const [, , url] = process.argv;
const cpu = process.threadCpuUsage();
const started = performance.now();
await import(url);
const wallMs = performance.now() - started;
const { user, system } = process.threadCpuUsage(cpu);
process.stdout.write(JSON.stringify({ wallMs, cpuMs: (user + system) / 1_000 }), () => process.exit(0));
