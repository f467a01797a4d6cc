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

interface ChoiceProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly options: readonly string[];
  readonly onChange: (value: string) => void;
  readonly isNeeded?: boolean;
}

/** A choice of one value or, unless one is needed, of any. */
export function Choice({ label, value, options, onChange, isNeeded = false }: ChoiceProps) {
  return (
    <label>
      <span>{label}</span>
      <select value={value ?? ""} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
        {!isNeeded && <option value="">any</option>}
        {options.map((option) => (
          <option key={option} value={option}>
            {option}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The options with the value: an address may name one that is none of them, or no longer. */
export const including = (value: string | undefined, options: readonly string[]): readonly string[] =>
  value === undefined || options.includes(value) ? options : [...options, value];

interface TextFilterProps {
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly placeholder: string;
}

/** Filters the loaded items by text. */
export function TextFilter({ text, onText, placeholder }: TextFilterProps) {
  return (
    <label class="grow">
      <span>Filter by text</span>
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

/** A text that the server searches for: at Enter, and when the field is left, as for the button. */
export function SearchField({ text, onText, placeholder }: TextFilterProps) {
  return (
    <>
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
      <button type="submit">Search</button>
    </>
  );
}
