import type { ComponentChildren } from "preact";
import { useContext } from "preact/hooks";
import { FAILED_STATUSES, REASONS } from "../../../../../functions/contract/failures.ts";
import { EVENT_TYPES } from "../../../../../functions/contract/order-status.ts";
import { clock, duration } from "../format.ts";
import { Choice, FilterForm, including } from "../page/filter.tsx";
import type { Filter } from "../route.ts";
import { TargetInfo } from "../target-info.ts";

const TYPES = [...EVENT_TYPES, "unknown"];
const CODES = Object.keys(REASONS);
/** Minutes before now. */
const PERIODS = [15, 60, 24 * 60] as const;

export interface FilterBarProps {
  readonly filter: Filter;
  readonly onFilter: (filter: Filter) => void;
  /** Further controls, such as a field for text. */
  readonly children?: ComponentChildren;
}

/** The filters of the API. The messages of a group have the same consumer, type and reason. */
export function FilterBar({ filter, onFilter, children }: FilterBarProps) {
  const { consumers } = useContext(TargetInfo).about;
  const change = (name: keyof Filter) => (value: string) => {
    const { [name]: _, ...others } = filter;
    onFilter(value === "" ? others : { ...others, [name]: value });
  };
  return (
    <FilterForm>
      <Choice
        label="Status"
        value={filter.status}
        options={FAILED_STATUSES}
        onChange={change("status")}
        isNeeded
      />
      {filter.fingerprint === undefined && (
        <>
          <Choice
            label="Consumer"
            value={filter.consumer}
            options={including(filter.consumer, consumers)}
            onChange={change("consumer")}
          />
          <Choice label="Type" value={filter.type} options={TYPES} onChange={change("type")} />
          <Choice label="Reason" value={filter.reason} options={CODES} onChange={change("reason")} />
        </>
      )}
      <Since value={filter.from} onChange={change("from")} />
      {children}
    </FilterForm>
  );
}

/** The order of the list; the address names the unusual one alone. */
export function OrderChoice({
  order,
  onOrder,
}: {
  readonly order: string | undefined;
  readonly onOrder: (order: string) => void;
}) {
  return (
    <label>
      <span>Order</span>
      <select value={order ?? ""} onChange={({ currentTarget }) => onOrder(currentTarget.value)}>
        <option value="">newest first</option>
        <option value="oldest">oldest first</option>
      </select>
    </label>
  );
}

/** Time of the last failure. The address keeps the absolute time, so that a shared link stays the same. */
function Since({ value, onChange }: { value: string | undefined; onChange: (from: string) => void }) {
  const choose = (minutes: string) =>
    onChange(minutes === "" ? "" : new Date(Date.now() - Number(minutes) * 60_000).toISOString());
  return (
    <label>
      <span>Failed since</span>
      <select
        value={value === undefined ? "" : "kept"}
        onChange={({ currentTarget }) => choose(currentTarget.value)}
      >
        <option value="">any time</option>
        {value !== undefined && <option value="kept">{clock(Date.parse(value))}</option>}
        {PERIODS.map((minutes) => (
          <option key={minutes} value={minutes}>
            {duration(minutes * 60)} ago
          </option>
        ))}
      </select>
    </label>
  );
}
