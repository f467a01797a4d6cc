import type { OrderView } from "../../functions/contract/schemas.ts";
import type { Target } from "./target.ts";
import { untilTrue } from "./until.ts";

type Named = Pick<OrderView, "orderId">;

/** The subjects of the mails about an order, in the order of their sending. */
export const subjectsAbout = async (target: Target, { orderId }: Named): Promise<readonly string[]> =>
  (await target.mails()).flatMap(({ subject }) => (subject.includes(orderId) ? [subject] : []));

/** Waits for a mail of an order, because an empty queue does not show that its event was handled. */
export const mailed = (target: Target, order: Named, ending: string): Promise<void> =>
  untilTrue(`the mail that order ${order.orderId} ${ending}`, async () =>
    (await subjectsAbout(target, order)).some((subject) => subject.endsWith(ending)),
  );
