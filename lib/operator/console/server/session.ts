import { randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { ConsoleError } from "./console-error.ts";

/**
 * Lets one browser in. Other users of the machine reach the port too, and what is asked here is signed with the
 * operator's credentials.
 */
export interface Pass {
  /** Part of the first address, good for once: addresses stay in histories and lists of processes. */
  readonly key: string;
  /** The cookie that the key in an address is worth; undefined where it is worth nothing. */
  redeem(url: URL, path: string): string | undefined;
  /** Whether a request carries the cookie. */
  isShown(incoming: IncomingMessage): boolean;
}

/** `port` is in the cookie's name: browsers share cookies over ports. */
export function makePass(port: number, random = () => randomBytes(24).toString("base64url")): Pass {
  const key = random();
  const session = random();
  const name = `order-events-console-${port}`;
  let isUsed = false;
  return {
    key,
    redeem(url, path) {
      if (isUsed || !isSame(url.searchParams.get("key") ?? "", key)) return undefined;
      isUsed = true;
      return `${name}=${session}; Path=${path}; HttpOnly; SameSite=Strict`;
    },
    isShown({ headers: { cookie = "" } }) {
      const cookies = cookie.split(/;\s*/);
      const shown = cookies.find((each) => each.startsWith(`${name}=`))?.slice(name.length + 1);
      return shown !== undefined && isSame(shown, session);
    },
  };
}

export const noPass = (): ConsoleError =>
  new ConsoleError(
    401,
    "NO_PASS",
    "The address that the command printed lets one browser in, once. For another one, run the command again.",
  );

/** Compares without telling by its time how much was right. */
function isSame(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
