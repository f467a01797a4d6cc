import { registerHooks } from "node:module";
import { LIST, withOneMore } from "./add-line.ts";

/** `node --import`: adds one line to the list of consumers, for a process or thread. */
registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (url !== LIST) return loaded;
    return { ...loaded, source: withOneMore(String(loaded.source)) };
  },
});
