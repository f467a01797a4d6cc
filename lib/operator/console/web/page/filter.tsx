import type { ComponentChildren } from "preact";

/** A form of filters; submitting it does nothing. */
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

/** Filters the loaded items by text. */
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
