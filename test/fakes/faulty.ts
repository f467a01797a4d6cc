/** What happens around one call of a port: before it, or after it was applied. Rejecting is the fault. */
export interface Faults {
  before(call: string): Promise<void> | void;
  after(call: string): Promise<void> | void;
}

/** The port with every call wrapped in faults; calls are named `<port>.<method>`. */
export function faulty<P extends object>(name: string, port: P, faults: Faults): P {
  return new Proxy(port, {
    get(target, key, receiver) {
      const method: unknown = Reflect.get(target, key, receiver);
      if (typeof method !== "function") return method;
      return async (...args: unknown[]) => {
        const call = `${name}.${String(key)}`;
        await faults.before(call);
        const result: unknown = await method.apply(target, args);
        await faults.after(call);
        return result;
      };
    },
  });
}
