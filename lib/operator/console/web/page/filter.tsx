import type { ComponentChildren } from "preact";

/** What narrows a list; nothing is sent by it. */
export function FilterForm({ children }: { readonly children: ComponentChildren }) {
  return (
    <search>
      <form class="filter" onSubmit={(event) => event.preventDefault()}>
        {children}
      </form>
    </search>
  );
}

interface TextFilterProps {
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly placeholder: string;
}

/** Narrows what is on the page already, by a piece of text. */
export function TextFilter({ text, onText, placeholder }: TextFilterProps) {
  return (
    <label class="grow">
      <span>Text</span>
      <input
        type="search"
        data-search
        value={text}
        placeholder={placeholder}
        onInput={({ currentTarget }) => onText(currentTarget.value)}
      />
    </label>
  );
}
