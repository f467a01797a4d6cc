// A fresh process that imports one module and prints the wall time and the CPU time of this thread, in milliseconds.
// Plain JavaScript, to exclude type stripping.
const [, , url] = process.argv;
const cpu = process.threadCpuUsage();
const started = performance.now();
await import(url);
const wallMs = performance.now() - started;
const { user, system } = process.threadCpuUsage(cpu);
process.stdout.write(JSON.stringify({ wallMs, cpuMs: (user + system) / 1_000 }), () => process.exit(0));
