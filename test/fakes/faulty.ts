/** Faults of port calls, before or after they are applied. A rejection is the fault. */
export interface Faults {
  before(call: string): Promise<void> | void;
  after(call: string): Promise<void> | void;
}

/** The port with faults in each call; calls are named `<port>.<method>`. */
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
