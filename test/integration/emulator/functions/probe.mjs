/** Does what the event says, to show how the runtime takes it. */
const actions = {
  echo: (event, context) => ({
    event,
    pid: process.pid,
    remainingMs: context.getRemainingTimeInMillis(),
    context: { ...context },
    environment: { ...process.env },
    folder: process.cwd(),
  }),
  nothing: () => undefined,
  throw: () => {
    throw new TypeError("wrong type");
  },
  throwText: () => {
    throw "only text";
  },
  bigint: () => ({ n: 1n }),
  large: () => "x".repeat(6 * 1024 * 1024),
  exit: () => process.exit(3),
  reject: () => {
    Promise.reject(new RangeError("not awaited"));
    return new Promise(() => {});
  },
  hang: () => {
    console.log("hanging");
    return new Promise((resolve) => setTimeout(resolve, 600_000));
  },
  waitForNothing: () => new Promise(() => {}),
  spin: () => {
    for (;;);
  },
  allocate: async () => {
    const kept = [];
    for (;;) {
      kept.push(Buffer.alloc(16 * 1024 * 1024, 1));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  },
  print: () => {
    process.stdout.write('{"audit":1}\nsecond ');
    console.error("a warning");
    process.stdout.write("line\nno newline");
    return null;
  },
  meet: async ({ ms }) => {
    const from = Date.now();
    await new Promise((resolve) => setTimeout(resolve, ms));
    return { pid: process.pid, from, to: Date.now() };
  },
};

export const handler = async (event, context) => actions[event.do](event, context);
export const notAFunction = 1;
export const oldStyle = (_event, _context, callback) => callback(null);
