/** Which commands ⌘K shows for what is typed: the recent ones first while nothing is, the best ones first after that. */
import { rankFuzzy } from "./fuzzy.ts";

export interface Pickable {
  readonly id: string;
  readonly label: string;
  readonly group: string;
  /** Searched too. */
  readonly hint?: string;
  /** Further words that find it. */
  readonly words?: string;
  /** Only shown when it is searched for: there are many of them. */
  readonly isSearchedOnly?: boolean;
}

export interface PickedGroup<Item> {
  readonly value: string;
  readonly items: readonly Item[];
}

const MAX_SHOWN = 40;
const MAX_RECENT = 5;

export function pickCommands<Item extends Pickable>(
  commands: readonly Item[],
  search: string,
  recentIds: readonly string[],
): readonly PickedGroup<Item>[] {
  if (search.trim() === "") {
    const recent = recentIds
      .flatMap((id) => commands.find((command) => command.id === id) ?? [])
      .slice(0, MAX_RECENT);
    const others = commands.filter((command) => command.isSearchedOnly !== true && !recent.includes(command));
    return [...(recent.length === 0 ? [] : [{ value: "Recent", items: recent }]), ...groupBy(others)];
  }
  const ranked = commands
    .flatMap((command) => {
      const { label, hint = "", words = "" } = command;
      const rank = rankFuzzy(`${label} ${hint} ${words}`, search);
      return rank === undefined ? [] : [{ command, rank: rank + (recentIds.includes(command.id) ? 5 : 0) }];
    })
    .toSorted((one, other) => other.rank - one.rank)
    .slice(0, MAX_SHOWN)
    .map(({ command }) => command);
  return groupBy(ranked);
}

/** Groups in the order of their best command. */
function groupBy<Item extends Pickable>(commands: readonly Item[]): readonly PickedGroup<Item>[] {
  return [...Map.groupBy(commands, ({ group }) => group)].map(([value, items]) => ({ value, items }));
}

/** The newest first, each once. */
export function rememberRecent(recentIds: readonly string[], id: string): readonly string[] {
  return [id, ...recentIds.filter((one) => one !== id)].slice(0, 20);
}
