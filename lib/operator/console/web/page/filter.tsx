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

/** A text that the server searches for: at Enter, and when the field is left or cleared. */
export function SearchField({ text, onText, placeholder }: TextFilterProps) {
  return (
    <label class="grow">
      <span>Search</span>
      <input
        type="search"
        data-search
        maxLength={200}
        defaultValue={text}
        key={text}
        placeholder={placeholder}
        onChange={({ currentTarget }) => {
          if (currentTarget.value.trim() !== text) onText(currentTarget.value.trim());
        }}
      />
    </label>
  );
}
