import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Problem, problemOf } from "../fetch-json.ts";
import { Modal } from "../page/modal.tsx";
import { Trouble } from "../page/states.tsx";
import type { Preview } from "./act-dialog.tsx";
import { edit, type FailedMessage, tryEdit } from "./failed-api.ts";
import { prettyBody } from "./pretty-body.ts";
import { previewOf, saidOf } from "./redrive-text.tsx";

interface EditDialogProps {
  readonly row: FailedMessage;
  readonly onClose: () => void;
  readonly onDone: (said: string) => void;
}

interface Tried {
  readonly kind: "tried";
  readonly preview: Preview;
  readonly body: string;
}

type State =
  | { readonly kind: "editing" }
  /** `tried`: what is being sent. */
  | { readonly kind: "working"; readonly tried?: Tried }
  | Tried
  | { readonly kind: "refused"; readonly problem: Problem };

/**
 * The body in an editor. It is tried first; each change asks for another try. The keyboard goes from the body to the
 * try, from there to the why or to what was refused, and no control that has the focus goes away under it.
 */
export function EditDialog({ row, onClose, onDone }: EditDialogProps) {
  const [shown] = useState(() => prettyBody(row.body));
  const [text, setText] = useState(shown);
  const [why, setWhy] = useState("");
  const [state, setState] = useState<State>({ kind: "editing" });
  const hint = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const whyField = useRef<HTMLInputElement>(null);
  const answer = useRef<HTMLElement>(null);
  // The dialog has opened by then, with the focus on its first button.
  useEffect(() => {
    field.current?.focus();
    field.current?.setSelectionRange(0, 0);
  }, []);
  useLayoutEffect(() => {
    if (state.kind !== "tried" && state.kind !== "refused") return;
    (whyField.current ?? answer.current)?.focus();
  }, [state]);
  const work = (doing: Promise<State>, tried?: Tried) => {
    setState(tried === undefined ? { kind: "working" } : { kind: "working", tried });
    doing.then(setState, (error: unknown) => setState({ kind: "refused", problem: problemOf(error) }));
  };
  const attempt = async (): Promise<State> => {
    checkJson(text);
    // Lines are for reading: a text that was not edited goes as it came.
    const body = text === shown ? row.body : text;
    return { kind: "tried", preview: previewOf(await tryEdit(row, body)), body };
  };
  const send = async (body: string): Promise<State> => {
    onDone(saidOf(await edit(row, body, why.trim())));
    return { kind: "editing" };
  };
  const tried = state.kind === "working" ? state.tried : state.kind === "tried" ? state : undefined;
  const isReady = tried?.preview.isPossible === true;
  return (
    <Modal title="Edit and redrive" onClose={onClose} isWide>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (state.kind === "working") return;
          if (!isReady) work(attempt());
          else if (why.trim() !== "") work(send(tried.body), tried);
        }}
      >
        <label class="tall">
          <span>Body</span>
          <textarea
            ref={field}
            class="mono"
            value={text}
            rows={26}
            spellcheck={false}
            aria-describedby={hint}
            onInput={({ currentTarget }) => {
              setText(currentTarget.value);
              setState({ kind: "editing" });
            }}
          />
        </label>
        <p id={hint} class="hint">
          An order event stays the same event: its id, type, subject and lines cannot be changed. A new body
          has 64 KB at most as a request, and is sent as it stands here. The body that failed is kept.
        </p>
        <section ref={answer} class="preview" aria-live="polite" aria-label="Dry run" tabIndex={-1}>
          {tried?.preview.text}
          {state.kind === "refused" && <Trouble problem={state.problem} what="the edit" />}
        </section>
        {isReady && (
          <label class="line">
            <span>Why</span>
            <input
              ref={whyField}
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
            aria-busy={state.kind === "working"}
            disabled={isReady && why.trim() === ""}
          >
            {!isReady ? "Try it" : tried.preview.isResolved === true ? "Resolve it" : "Send it"}
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
function checkJson(text: string): void {
  try {
    JSON.parse(text);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new Problem(400, { title: "This is not JSON", detail });
  }
}
