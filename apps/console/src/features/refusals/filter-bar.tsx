/** What the list is cut down by; it stands in the address. */
import { useNavigate } from "@tanstack/react-router";
import { X } from "lucide-react";
import { Button } from "../../components/button.tsx";
import { SegmentedControl } from "../../components/segmented-control.tsx";
import { Select } from "../../components/select.tsx";
import type { Instance } from "../../lib/instance-state.ts";
import { clip, countOf } from "../../lib/words.ts";
import { isFiltered, type RefusalFilters, type Span } from "./refusal-filters.ts";
import { useDenialCounts } from "./use-denials.ts";

interface FilterBarProps {
  readonly instance: Instance;
  readonly filters: RefusalFilters;
  /** Who and from where is for who reads the refusals of all. */
  readonly seesAll: boolean;
}

const SPAN_WORDS: Readonly<Record<Span, string>> = { hour: "Hour", day: "Day", week: "Week", all: "All" };

const FILTERS = [
  { by: "code", label: "Code", isOfOthers: false },
  { by: "route", label: "Route", isOfOthers: false },
  { by: "subject", label: "Subject", isOfOthers: true },
  { by: "client", label: "Client", isOfOthers: true },
] as const;

export function FilterBar({ instance, filters, seesAll }: FilterBarProps) {
  const navigate = useNavigate();
  const set = (change: { readonly [Name in keyof RefusalFilters]?: RefusalFilters[Name] | undefined }) => {
    const { page: _page, open: _open, ...before } = filters;
    const search = Object.fromEntries(
      Object.entries({ ...before, ...change }).filter(([, value]) => value !== undefined),
    );
    void navigate({
      to: "/i/$instanceId/refusals",
      params: { instanceId: instance.id },
      search,
      replace: true,
    });
  };
  return (
    <search aria-label="Filters" className="grid min-w-0 grid-cols-2 items-center gap-2 sm:flex sm:flex-wrap">
      <div className="col-span-2">
        <SegmentedControl<Span>
          label="Last seen within"
          value={filters.span ?? "all"}
          onChange={(span) => set({ span: span === "all" ? undefined : span })}
          segments={Object.entries(SPAN_WORDS).map(([value, label]) => ({ value: value as Span, label }))}
        />
      </div>
      {FILTERS.filter(({ isOfOthers }) => seesAll || !isOfOthers).map(({ by, label }) => (
        <Filter
          key={by}
          instance={instance}
          by={by}
          label={label}
          value={filters[by]}
          onChange={(value) => set({ [by]: value })}
        />
      ))}
      {isFiltered(filters) ? (
        <Button
          size="sm"
          variant="ghost"
          icon={<X aria-hidden />}
          onClick={() =>
            set({ code: undefined, route: undefined, subject: undefined, client: undefined, span: undefined })
          }
        >
          Clear
        </Button>
      ) : null}
    </search>
  );
}

interface FilterProps {
  readonly instance: Instance;
  readonly by: (typeof FILTERS)[number]["by"];
  readonly label: string;
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
}

/** No code, route, subject or address is this. */
const ANY = "*";

function Filter({ instance, by, label, value, onChange }: FilterProps) {
  const counts = useDenialCounts(instance, by);
  const known = (counts.data?.data ?? []).flatMap(({ value: one, count }) =>
    one === null ? [] : [{ value: one, label: clip(one, 60), hint: countOf(count, "refusal") }],
  );
  const isKnown = value === undefined || known.some((option) => option.value === value);
  if (known.length === 0 && value === undefined) return null;
  return (
    <div className="min-w-0 sm:w-44">
      <Select
        label={label}
        value={value ?? ANY}
        onChange={(next) => onChange(next === ANY ? undefined : next)}
        options={[
          { value: ANY, label: `Any ${label.toLowerCase()}` },
          ...(isKnown || value === undefined ? [] : [{ value, label: clip(value, 60) }]),
          ...known,
        ]}
      />
    </div>
  );
}
