/** Each handler has one kind of result that the two clients could treat differently. */
export const echo = async (event) => ({ event });
export const nothing = async () => undefined;
export const plainValue = () => "text";
export const notAsync = () => ({ answered: "at once" });
// biome-ignore lint/suspicious/noThenProperty: a thenable that is no promise is what this one is about
export const thenable = () => ({ then: (resolve) => resolve("later") });
export const unicode = async () => "žluťoučký kůň 🐎 \u2028 \u0000";

export const contextFields = async (_event, context) => ({
  keys: Object.keys(context).sort(),
  name: context.functionName,
  version: context.functionVersion,
  memory: context.memoryLimitInMB,
  arn: context.invokedFunctionArn,
  group: context.logGroupName,
  remaining: context.getRemainingTimeInMillis() > 0,
  trace: process.env._X_AMZN_TRACE_ID?.startsWith("Root=1-"),
});

export const throwsError = async () => {
  throw new TypeError("wrong type");
};
export const throwsAtOnce = () => {
  throw new RangeError("at once");
};
export const throwsNamed = async () => {
  const error = new Error("with a name of its own");
  error.name = "OrderRefused";
  throw error;
};
export const throwsCause = async () => {
  throw new Error("outer", { cause: new Error("inner") });
};
export const throwsText = async () => {
  throw "only text";
};
export const throwsObject = async () => {
  throw { code: 42 };
};
export const throwsNull = async () => {
  throw null;
};
export const throwsUndefined = async () => {
  throw undefined;
};
export const rejectsText = () => Promise.reject("a rejection of text");
export const controlCharacter = async () => {
  throw new Error("delete \u007f character");
};

export const returnsBigint = async () => ({ number: 1n });
export const returnsCycle = async () => {
  const cycle = {};
  cycle.self = cycle;
  return cycle;
};
export const returnsFunction = async () => () => "never called";
export const returnsSymbol = async () => Symbol("nothing");
export const returnsDate = async () => new Date(0);
export const atTheLimit = async () => "x".repeat(6 * 1024 * 1024 - 2);
export const overTheLimit = async () => "x".repeat(6 * 1024 * 1024);

export const exitsWell = () => process.exit(0);
export const exitsBadly = () => process.exit(3);
export const rejectsUnhandled = () => {
  Promise.reject(new RangeError("not awaited"));
  return new Promise(() => {});
};
export const rejectsUnhandledText = () => {
  Promise.reject("not awaited for text");
  return new Promise(() => {});
};
export const throwsLater = () => {
  setTimeout(() => {
    throw new Error("after a while");
  }, 10);
  return new Promise(() => {});
};
export const neverEnds = () => new Promise(() => {});
export const leavesTimer = async () => {
  setTimeout(() => {}, 60_000);
  return "answered while a timer runs";
};
export const rejectsAfterAnswer = async () => {
  setTimeout(() => Promise.reject(new Error("too late")), 50);
  return "answered before";
};

export const withCallback = (_event, _context, callback) => callback(null, "called back");
export const withDefault = async (_event, context = {}) => typeof context;
export const withRest = async (...all) => all.length;
export const aValue = 1;
export const nested = { inner: async () => "from a nested export" };
