// The program of a function instance: it loads the handler and asks the Runtime API for one event after the other, like
// Lambda's Node runtime. An unhandled error of the handler ends the process, as there. Plain JavaScript, because
// stripping types would lengthen each cold start.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

// `import "node:http"` creates bindings of all its exports, which takes ten times as long.
const http = process.getBuiltinModule("node:http");
const modules = process.getBuiltinModule("node:module");
const net = process.getBuiltinModule("node:net");

const variable = (name) => process.env[name] ?? "";
const [host, port] = variable("AWS_LAMBDA_RUNTIME_API").split(":");
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

// The emulator holds the other end of stdin: its end, for whatever reason, ends this process.
const lifeline = new net.Socket({ fd: 0, readable: true, writable: false });
for (const event of ["end", "close", "error"]) lifeline.on(event, () => process.exit(0));
lifeline.resume();
// It does not keep the process alive: a handler that waits for nothing ends its process, as in Lambda.
lifeline.unref();

/** One exchange with the Runtime API. A broken connection means that the emulator is gone. */
const call = (method, path, body) =>
  new Promise((resolve) => {
    const request = http.request(
      {
        host,
        port,
        agent,
        method,
        path: `/2018-06-01/runtime/${path}`,
        headers: { "content-type": "application/json" },
      },
      (response) => {
        const chunks = [];
        response.on("data", (chunk) => chunks.push(chunk));
        response.on("error", () => process.exit(1));
        response.on("end", () =>
          resolve({ headers: response.headers, body: Buffer.concat(chunks).toString() }),
        );
      },
    );
    request.on("error", () => process.exit(1));
    request.end(body);
  });

// DEL is the one control character that JSON does not escape and that headers and logs must not contain.
const printable = (text) => String(text).replaceAll("\x7f", "%7F");
const describe = (error) => ({
  errorType: error instanceof Error ? printable(error.name) : typeof error,
  errorMessage: error instanceof Error ? printable(error.message) : String(error),
  trace: error instanceof Error ? printable(error.stack).split("\n") : [],
});

const report = async (path, title, failure) => {
  process.stderr.write(`${title} ${JSON.stringify(failure)}\n`);
  await call("POST", path, JSON.stringify(failure));
};

class RuntimeError extends Error {
  constructor(name, message) {
    super(message);
    this.name = name;
  }
}

/**
 * What a bundle has on Lambda and lacks in the folder of a developer: no package above it decides whether its `.js`
 * files are modules, and the SDK is there without being bundled. `folders` are those whose packages hold the SDK.
 */
const standInTaskRoot = (taskRoot, folders) => {
  const root = `${pathToFileURL(taskRoot).href}/`;
  const inPackage = new Map();
  const isInPackage = (folder) => {
    if (!inPackage.has(folder)) {
      const isHere = existsSync(new URL("package.json", folder));
      inPackage.set(folder, isHere || (folder !== root && isInPackage(new URL("..", folder).href)));
    }
    return inPackage.get(folder);
  };
  const parents = folders.map((folder) => pathToFileURL(join(folder, "x.mjs")).href);
  let isLooking = false;
  const providedModule = (specifier, context, next) => {
    for (const parentURL of parents) {
      try {
        isLooking = true;
        if (!context.conditions.includes("require")) return next(specifier, { ...context, parentURL });
        // A `require` is resolved from the module that holds it, whatever parent the context names.
        const path = modules.createRequire(parentURL).resolve(specifier);
        return { url: pathToFileURL(path).href, shortCircuit: true };
      } catch {
        // The next folder may have it.
      } finally {
        isLooking = false;
      }
    }
    return undefined;
  };
  // Node 22 has it since 22.15.
  modules.registerHooks?.({
    resolve(specifier, context, next) {
      try {
        return next(specifier, context);
      } catch (error) {
        if (isLooking || !/^@(aws-sdk|smithy)\//.test(specifier)) throw error;
        const found = providedModule(specifier, context, next);
        if (found !== undefined) return found;
        error.message += `\nLambda provides it. The emulator needs it once:  npm install --save-dev ${specifier}`;
        throw error;
      }
    },
    load(url, context, next) {
      if (!url.startsWith(root) || !url.endsWith(".js") || isInPackage(new URL(".", url).href)) {
        return next(url, context);
      }
      const source = readFileSync(new URL(url), "utf8");
      return { format: isModule(source) ? "module" : "commonjs", source, shortCircuit: true };
    },
  });
};

const isModule = (source) => /^\s*(import|export)[\s{*]/m.test(source);

const importFile = async (file) => {
  try {
    // A CommonJS file that is imported, not required, is taken for what the packages above it say.
    if (file.endsWith(".js") && !isModule(readFileSync(file, "utf8")))
      return modules.createRequire(file)(file);
    return await import(pathToFileURL(file).href);
  } catch (error) {
    if (error instanceof SyntaxError) throw new RuntimeError("Runtime.UserCodeSyntaxError", String(error));
    throw error;
  }
};

/** `<folder>/<module>.<export>`; the export may be nested: `index.orders.handler`. */
const parseHandlerName = (name) => {
  const [, module, names] = /^((?:.*\/)?[^./]*)\.(.*)$/.exec(name) ?? [];
  if (module === undefined || name.includes("..")) {
    throw new RuntimeError("Runtime.MalformedHandlerName", "Bad handler");
  }
  return { module, names: names.split(".") };
};

const find = (names, from) => names.reduce((value, key) => value?.[key], from);

const loadHandler = async () => {
  const name = variable("_HANDLER");
  const { module, names } = parseHandlerName(name);
  const base = join(variable("LAMBDA_TASK_ROOT"), module);
  const file = ["", ".js", ".mjs", ".cjs"].map((end) => base + end).find((path) => existsSync(path));
  if (file === undefined) {
    throw new RuntimeError("Runtime.ImportModuleError", `Cannot find module '${module}'`);
  }
  const loaded = await importFile(file);
  const handler = find(names, loaded) || find(names, loaded.default);
  if (!handler) {
    throw new RuntimeError("Runtime.HandlerNotFound", `${name} is undefined or not exported`);
  }
  if (typeof handler !== "function") {
    throw new RuntimeError("Runtime.HandlerNotFound", `${name} is not a function`);
  }
  if (takesCallback(handler) && /nodejs(2[4-9]|[3-9]\d)/.test(variable("AWS_EXECUTION_ENV"))) {
    throw new RuntimeError(
      "Runtime.CallbackHandlerDeprecated",
      `${name} takes a callback, which Node.js 24 ended`,
    );
  }
  return handler;
};

const takesCallback = (handler) => handler.length >= 3;

/** A handler of an older runtime may answer by a callback instead of a promise. */
const byCallback = (handler, event, context) =>
  new Promise((resolve, reject) => {
    const returned = handler(event, context, (error, result) => (error ? reject(error) : resolve(result)));
    if (typeof returned?.then === "function") returned.then(resolve, reject);
  });

const contextOf = (headers) => ({
  // Lambda always sets these three; no caller of the emulator sends them.
  clientContext: undefined,
  identity: undefined,
  tenantId: undefined,
  awsRequestId: headers["lambda-runtime-aws-request-id"],
  invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
  functionName: variable("AWS_LAMBDA_FUNCTION_NAME"),
  functionVersion: variable("AWS_LAMBDA_FUNCTION_VERSION"),
  memoryLimitInMB: variable("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"),
  logGroupName: variable("AWS_LAMBDA_LOG_GROUP_NAME"),
  logStreamName: variable("AWS_LAMBDA_LOG_STREAM_NAME"),
  xRayTraceId: headers["lambda-runtime-trace-id"],
  getRemainingTimeInMillis: () => Number(headers["lambda-runtime-deadline-ms"]) - Date.now(),
});

const toJson = (result) => {
  try {
    return JSON.stringify(result === undefined ? null : result);
  } catch {
    throw new RuntimeError("Runtime.JSONStringifyError", "Unable to stringify response body");
  }
};

const serialize = (result) => {
  const text = toJson(result);
  // A function or a symbol has no JSON. Lambda's client passes `undefined` then, and its native part refuses it.
  if (text === undefined) throw new TypeError("Wrong arguments");
  return text;
};

const answer = async (handler, next) => {
  const invocation = `invocation/${next.headers["lambda-runtime-aws-request-id"]}`;
  process.env._X_AMZN_TRACE_ID = next.headers["lambda-runtime-trace-id"];
  try {
    const [event, context] = [JSON.parse(next.body), contextOf(next.headers)];
    const result = await (takesCallback(handler)
      ? byCallback(handler, event, context)
      : handler(event, context));
    await call("POST", `${invocation}/response`, serialize(result));
  } catch (error) {
    await report(`${invocation}/error`, "Invoke Error", describe(error));
  }
};

const run = async () => {
  standInTaskRoot(variable("LAMBDA_TASK_ROOT"), process.argv.slice(2));
  const handler = await loadHandler().catch(async (error) => {
    await report("init/error", "Init Error", describe(error));
    process.exit(1);
  });
  for (;;) await answer(handler, await call("GET", "invocation/next"));
};

// As Lambda reports an error outside of the handler's promise, and then ends the process.
process.on("uncaughtException", (error) => {
  process.stderr.write(`Uncaught Exception ${JSON.stringify(describe(error))}\n`, () => process.exit(1));
});

// Not awaited: an unresolved top-level await would end the process with a special status.
run();
