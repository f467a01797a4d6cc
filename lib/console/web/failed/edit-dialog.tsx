import { useId, useState } from "preact/hooks";
import { Problem, problemOf } from "../http.ts";
import { Modal } from "../page/modal.tsx";
import { Trouble } from "../page/states.tsx";
import type { Preview } from "./act-dialog.tsx";
import { edit, type FailedMessage, tryEdit } from "./api.ts";
import { prettyBody } from "./body.tsx";
import { previewOf, saidOf } from "./redrive-text.tsx";

interface EditDialogProps {
  readonly row: FailedMessage;
  readonly onClose: () => void;
  readonly onDone: (said: string) => void;
}

type State =
  | { readonly kind: "editing" }
  | { readonly kind: "working" }
  | { readonly kind: "tried"; readonly preview: Preview; readonly body: unknown }
  | { readonly kind: "refused"; readonly problem: Problem };

/** The body in an editor. It is tried first; each change asks for another try. */
export function EditDialog({ row, onClose, onDone }: EditDialogProps) {
  const [text, setText] = useState(() => prettyBody(row.body));
  const [why, setWhy] = useState("");
  const [state, setState] = useState<State>({ kind: "editing" });
  const hint = useId();
  const work = (doing: Promise<State>) => {
    setState({ kind: "working" });
    doing.then(setState, (error: unknown) => setState({ kind: "refused", problem: problemOf(error) }));
  };
  const attempt = async (): Promise<State> => {
    const body: unknown = parsed(text);
    return { kind: "tried", preview: previewOf(await tryEdit(row, body)), body };
  };
  const send = async (body: unknown): Promise<State> => {
    onDone(saidOf(await edit(row, body, why.trim())));
    return { kind: "editing" };
  };
  const isReady = state.kind === "tried" && state.preview.isPossible;
  return (
    <Modal title="Edit and redrive" onClose={onClose} isWide>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          work(isReady && why.trim() !== "" ? send(state.body) : attempt());
        }}
      >
        <label class="tall">
          <span>Body</span>
          <textarea
            value={text}
            rows={18}
            spellcheck={false}
            aria-describedby={hint}
            onInput={({ currentTarget }) => {
              setText(currentTarget.value);
              setState({ kind: "editing" });
            }}
          />
        </label>
        <p id={hint} class="hint">
          An order event stays the same event: its id, type, subject and lines cannot be changed. The body
          that failed is kept.
        </p>
        <section class="preview" aria-live="polite" aria-label="Dry run">
          {state.kind === "tried" && state.preview.text}
          {state.kind === "refused" && <Trouble problem={state.problem} what="the edit" />}
        </section>
        {isReady && (
          <label class="line">
            <span>Why</span>
            <input
              value={why}
              maxLength={500}
              required
              onInput={({ currentTarget }) => setWhy(currentTarget.value)}
            />
          </label>
        )}
        <p class="acts">
          <button
            type="submit"
            class="strong"
            disabled={state.kind === "working" || (isReady && why.trim() === "")}
          >
            {isReady ? "Send it" : "Try it"}
          </button>
          <button type="button" onClick={onClose}>
            Leave it
          </button>
        </p>
      </form>
    </Modal>
  );
}

/** Says where the text stops being JSON, as the browser says it. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new Problem(400, { title: "This is not JSON", detail });
  }
}
