import { type ComponentChildren, Fragment, options } from "preact";
import { printable } from "../../../../terminal-text.ts";

/**
 * Escapes control and bidirectional characters in every text of the page, as the command line does: they would change
 * how the text around them reads. Values of inputs are not escaped: an operator edits the text itself.
 */
export function escapeTexts(): void {
  const { vnode: before } = options;
  options.vnode = (node) => {
    const { type, props } = node;
    if (typeof type === "string" || type === Fragment) {
      const { children } = props as { children?: ComponentChildren };
      if (children !== undefined) Object.assign(props, { children: escaped(children) });
    }
    before?.(node);
  };
}

function escaped(children: ComponentChildren): ComponentChildren {
  if (Array.isArray(children)) return children.map(escaped);
  return typeof children === "string" ? children.split("\t").map(printable).join("\t") : children;
}
