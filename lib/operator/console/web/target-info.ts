import { createContext } from "preact";
import type { ConsoleAbout } from "../../observe/view-types.ts";

/** What every part of the page may need to know. */
export interface Surroundings {
  readonly about: ConsoleAbout;
  /** How often live things are read. */
  readonly refreshMs: number;
  /** Tells what has happened, also to those who do not see the page. */
  readonly announce: (text: string) => void;
}

export const LOCAL_REFRESH_MS = 2_000;
/** Each look costs something on AWS, and metrics are a minute old anyway. */
export const AWS_REFRESH_MS = 15_000;

export const Surroundings = createContext<Surroundings>({
  about: {
    where: "local",
    stage: "",
    region: "",
    url: "",
    can: { break: false, mailbox: false, placeOrders: false },
  },
  refreshMs: LOCAL_REFRESH_MS,
  announce: () => {},
});
