/** The frames of an error. */
export function Stack({ frames }: { readonly frames: readonly string[] }) {
  return <pre class="stack">{frames.join("\n")}</pre>;
}
