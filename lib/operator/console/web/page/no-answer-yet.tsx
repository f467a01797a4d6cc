import { useEffect, useState } from "preact/hooks";

/** A server that works answers sooner. */
const PATIENCE_MS = 4_000;

/** Announced when a dialog is closed before the answer. */
export const CLOSED_EARLY = "Closed before the answer. The change may still be made.";

/** Shown when a change or its dry run has had no answer for some seconds. */
export function NoAnswerYet({ isDryRun = false }: { readonly isDryRun?: boolean }) {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <p class="hint" role="status">
      {isLate &&
        (isDryRun
          ? "No answer yet. A dry run changes nothing."
          : "No answer yet. The change may still be made, even if this dialog is closed.")}
    </p>
  );
}
