import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { OperationId } from "../../../../functions/contract/api.ts";
import type { ConsoleAbout } from "../../observe/view-types.ts";

/** The deployment or emulator that the console shows. */
export interface TargetInfo {
  readonly about: ConsoleAbout;
  /** Interval between two reads of a polled value. */
  readonly refreshMs: number;
  /** Shows a message and announces it to screen readers. */
  readonly announce: (text: string) => void;
}

export const LOCAL_REFRESH_MS = 2_000;
/** Each read costs money on AWS, and metrics are a minute old. */
export const AWS_REFRESH_MS = 15_000;

export const TargetInfo = createContext<TargetInfo>({
  about: {
    where: "local",
    stage: "",
    consumers: [],
    region: "",
    url: "",
    can: {
      break: false,
      functions: false,
      mailbox: false,
      orders: false,
      placeOrders: false,
      sendEvents: false,
    },
    operations: [],
  },
  refreshMs: LOCAL_REFRESH_MS,
  announce: () => {},
});

/** Whether the caller's role has an operation: what it lacks is not offered. */
export function useMay(): (operation: OperationId) => boolean {
  const { operations } = useContext(TargetInfo).about;
  return (operation) => operations.includes(operation);
}
