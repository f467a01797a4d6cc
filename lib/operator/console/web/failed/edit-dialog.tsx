import { useContext, useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { FailedMessageView } from "../../../../../functions/contract/operator-answers.ts";
import { DRY_RUN } from "../../../target/dry-run.ts";
import { Problem, toProblem } from "../fetch-json.ts";
import { ACT_LABELS } from "../jobs/act-labels.ts";
import type { Preview } from "../page/action-dialog.tsx";
import { Modal } from "../page/modal.tsx";
import { CLOSED_EARLY, NoAnswerYet } from "../page/no-answer-yet.tsx";
import { Loaded, ProblemAlert } from "../page/states.tsx";
import { latestValue } from "../poll.ts";
import { prettyBody } from "../pretty-body.ts";
import { TargetInfo } from "../target-info.ts";
import { useBody } from "./body.tsx";
import { edit } from "./failed-api.ts";
import { redriveAnnouncement, redrivePreview } from "./redrive-preview.tsx";

interface EditDialogProps {
  readonly row: FailedMessageView;
  readonly onClose: () => void;
  readonly onDone: (message: string) => void;
}

interface Tried {
  readonly kind: "tried";
  readonly preview: Preview;
  readonly body: string;
}

type State =
  | { readonly kind: "editing" }
  /** `tried`: the edit that is being sent. */
  | { readonly kind: "working"; readonly tried?: Tried }
  | Tried
  | { readonly kind: "refused"; readonly problem: Problem };

/** Opens with the body that the message had when the dialog opened. */
export function EditDialog(props: EditDialogProps) {
  const polled = useBody(props.row);
  const held = latestValue(polled)?.body;
  const isSending = useRef(false);
  const { announce } = useContext(TargetInfo);
  const close = () => {
    if (isSending.current) announce(CLOSED_EARLY);
    props.onClose();
  };
  return (
    <Modal title="Edit and redrive" onClose={close} isWide>
      {held === undefined ? (
        <Loaded polled={polled} what="the body">
          {() => null}
        </Loaded>
      ) : (
        <Editor {...props} onClose={close} held={held} onSending={(is) => (isSending.current = is)} />
      )}
    </Modal>
  );
}

interface EditorProps extends EditDialogProps {
  readonly held: string;
  readonly onSending: (isSending: boolean) => void;
}

/**
 * The body in an editor. It needs a dry run after each change. The focus moves from the body to the dry run, then to
 * the reason or the problem; a focused control is never removed.
 */
function Editor({ row, held, onSending, onClose, onDone }: EditorProps) {
  const [shown] = useState(() => prettyBody(held));
  const [text, setText] = useState(shown);
  const [why, setWhy] = useState("");
  const [state, setState] = useState<State>({ kind: "editing" });
  const hint = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const whyField = useRef<HTMLInputElement>(null);
  const result = useRef<HTMLElement>(null);
  // Runs after the dialog has opened and focused its first button.
  useEffect(() => {
    field.current?.focus();
    field.current?.setSelectionRange(0, 0);
  }, []);
  useLayoutEffect(() => {
    if (state.kind !== "tried" && state.kind !== "refused") return;
    (whyField.current ?? result.current)?.focus();
  }, [state]);
  const run = (task: Promise<State>, tried?: Tried) => {
    setState(tried === undefined ? { kind: "working" } : { kind: "working", tried });
    task.then(setState, (error: unknown) => setState({ kind: "refused", problem: toProblem(error) }));
  };
  const attempt = async (): Promise<State> => {
    checkJson(text);
    // Indentation is for reading: a text that was not edited is sent as it came.
    const body = text === shown ? held : text;
    return { kind: "tried", preview: redrivePreview(await edit(row, DRY_RUN, body)), body };
  };
  const send = async (body: string): Promise<State> => {
    onDone(redriveAnnouncement(await edit(row, { why: why.trim() }, body)));
    return { kind: "editing" };
  };
  const tried = state.kind === "working" ? state.tried : state.kind === "tried" ? state : undefined;
  const isReady = tried?.preview.isPossible === true;
  const isSending = state.kind === "working" && isReady;
  // A conflict repeats: the message is not as it was when the dialog opened.
  const isConflict = state.kind === "refused" && state.problem.status === 409;
  useEffect(() => onSending(isSending), [isSending]);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (state.kind === "working" || isConflict) return;
        if (!isReady) run(attempt());
        else if (why.trim() !== "") run(send(tried.body), tried);
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
        The id, type, subject and lines of an order event cannot be changed. A body has at most 64 KB and is
        sent unchanged. The original body is kept.
      </p>
      <section ref={result} class="preview" aria-live="polite" aria-label="Dry run result" tabIndex={-1}>
        {tried?.preview.text}
        {state.kind === "refused" && <ProblemAlert problem={state.problem} />}
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
      {state.kind === "working" && <NoAnswerYet isDryRun={!isSending} />}
      <p class="acts">
        {!isConflict && (
          <button
            type="submit"
            class="strong"
            aria-busy={state.kind === "working"}
            disabled={isReady && why.trim() === ""}
          >
            {!isReady ? "Dry run" : tried.preview.isResolved === true ? "Resolve" : ACT_LABELS.redrive}
          </button>
        )}
        <button type="button" onClick={onClose}>
          {isSending || isConflict ? "Close" : "Cancel"}
        </button>
      </p>
    </form>
  );
}

/** Throws the browser's message, which gives the position of the error. */
function checkJson(text: string): void {
  try {
    JSON.parse(text);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new Problem(400, { title: "This is not JSON", detail });
  }
}
