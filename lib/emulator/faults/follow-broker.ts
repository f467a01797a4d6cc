import type { BrokerFault, Faults } from "./fault-switches.ts";

/** A broker, or a part of it, that can be broken and repaired. */
export interface BreakableBroker {
  kill(): Promise<void>;
  restart(): Promise<void>;
}

/** Interval for checking the fault, which may expire. */
const LOOK_MS = 200;

/** Kills the broker while the fault of its name is on, and starts it again after. */
export function followBroker(
  faults: Faults,
  name: BrokerFault,
  broker: BreakableBroker,
  log: (text: string) => void,
  [down, up] = ["the broker is down", "the broker is up again"],
): { readonly stop: () => void } {
  let isDown = false;
  let working: Promise<void> = Promise.resolve();
  const look = () => {
    const wanted = faults.isOn(name);
    if (wanted === isDown) return;
    isDown = wanted;
    working = working
      .then(wanted ? broker.kill : broker.restart)
      .then(() => log(wanted ? down : up))
      .catch((error: unknown) => log(String(error)));
  };
  const timer = setInterval(look, LOOK_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
