import type { FaultsView, StagePowers } from "../../console/api-types.ts";
import type { Faults } from "../faults/faults.ts";
import type { Mailbox } from "../services/mailbox.ts";

/** What a console can do to the stage of one machine, and read of it, beside what it can of any deployment. */
export function stagePowers(mailbox: Mailbox, faults: Faults): StagePowers {
  return {
    mailbox: () => mailbox.list().toReversed(),
    faults: () => faultsView(faults),
    break({ target, rate = 1, forSeconds }) {
      faults.break(target, { rate, ...(forSeconds === undefined ? {} : { forMs: forSeconds * 1_000 }) });
    },
    mend({ target = "all" }) {
      faults.mend(target);
    },
  };
}

function faultsView(faults: Faults): FaultsView {
  return {
    targets: faults.targets(),
    active: faults.list().map(({ text, rate, endsAt }) => ({
      target: text,
      rate,
      ...(endsAt === undefined ? {} : { endsAt }),
    })),
  };
}
