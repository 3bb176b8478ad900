/** ⌘K: everything by its name or id. The shell gives it the commands; features add theirs there. */
import { Autocomplete } from "@base-ui/react/autocomplete";
import { Dialog } from "@base-ui/react/dialog";
import { CornerDownLeft, Search } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import { cx } from "../lib/cx.ts";
import { useMediaQuery } from "../lib/media-query.ts";
import { type Pickable, type PickedGroup, pickCommands, rememberRecent } from "../lib/pick-commands.ts";
import { Button } from "./button.tsx";

/** What is searched and shown; the hint stands at the right. */
export interface Command extends Pickable {
  readonly icon?: ReactNode;
  /** The hint is an id. */
  readonly isHintCode?: boolean;
  readonly run: () => void;
}

type CommandGroup = PickedGroup<Command>;

export interface CommandPaletteProps {
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly commands: readonly Command[];
  /** Commands for what is typed itself, such as an id. They stand last. */
  readonly commandsFor?: (search: string) => readonly Command[];
}

/** The group of what is done rather than gone to. */
export const ACTIONS = "Actions";

const nameOf = ({ label }: Command) => label;

export function CommandPalette({ isOpen, onOpenChange, commands, commandsFor }: CommandPaletteProps) {
  const [search, setSearch] = useState("");
  // In this tab's memory only, and gone with it.
  const [recentIds, setRecentIds] = useState<readonly string[]>([]);
  const hasRun = useRef(false);
  const isNarrow = useMediaQuery("(max-width: 639px)");
  const picked = pickCommands(commands, search, recentIds);
  const direct = search.trim() === "" ? [] : (commandsFor?.(search.trim()) ?? []);
  const groups = direct.length === 0 ? picked : [...picked, { value: "Go to", items: direct }];
  function choose(command: Command) {
    hasRun.current = true;
    // Where one was is wanted again; what one did, such as signing out, must not be the first that Enter runs.
    if (command.group !== ACTIONS) setRecentIds((before) => rememberRecent(before, command.id));
    setSearch("");
    onOpenChange(false);
    command.run();
  }
  return (
    <Dialog.Root
      open={isOpen}
      onOpenChange={(next) => {
        hasRun.current = false;
        setSearch("");
        onOpenChange(next);
      }}
    >
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-veil transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Dialog.Viewport className="fixed inset-0 z-40 flex justify-center overflow-hidden p-4 pt-[12vh]">
          <Dialog.Popup
            aria-label="Commands"
            // Who has gone somewhere is on that page, not on the button that they came from.
            finalFocus={() => (hasRun.current ? document.querySelector<HTMLElement>("#page") : true)}
            className="popup flex h-fit max-h-[60vh] w-full max-w-xl flex-col overflow-hidden rounded-lg"
          >
            <Autocomplete.Root
              inline
              open
              items={groups}
              // Ranked already.
              mode="none"
              value={search}
              onValueChange={(next, { reason }) => {
                // The label of what is chosen does not become what is searched.
                if (reason !== "item-press") setSearch(next);
              }}
              itemToStringValue={nameOf}
              autoHighlight="always"
              keepHighlight
            >
              <div className="flex items-center gap-2.5 border-b border-line px-4">
                <Search aria-hidden className="size-4 shrink-0 text-ink-faint" />
                <Autocomplete.Input
                  aria-label="Search for a page, an agent, a person or an id"
                  placeholder={isNarrow ? "Search" : "Go to a page, an agent, a person, an id…"}
                  className="h-12 w-full bg-transparent text-base text-ink outline-none placeholder:text-ink-faint"
                />
                <span className="-mr-2 hidden pointer-coarse:flex">
                  <Dialog.Close
                    render={
                      <Button variant="ghost" size="sm">
                        Cancel
                      </Button>
                    }
                  />
                </span>
              </div>
              <Autocomplete.Empty className="text-sm text-ink-soft not-empty:px-4 not-empty:py-6">
                Nothing here has this name. Ids are found when they are whole.
              </Autocomplete.Empty>
              <Autocomplete.List className="min-h-0 overflow-y-auto not-empty:p-1.5">
                {(group: CommandGroup) => (
                  <Autocomplete.Group key={group.value} items={group.items}>
                    <Autocomplete.GroupLabel className="px-2 pt-2 pb-1 text-xs font-medium text-ink-faint">
                      {group.value}
                    </Autocomplete.GroupLabel>
                    <Autocomplete.Collection>
                      {(command: Command) => (
                        <CommandItem key={command.id} command={command} onChosen={() => choose(command)} />
                      )}
                    </Autocomplete.Collection>
                  </Autocomplete.Group>
                )}
              </Autocomplete.List>
            </Autocomplete.Root>
          </Dialog.Popup>
        </Dialog.Viewport>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function CommandItem({ command, onChosen }: { readonly command: Command; readonly onChosen: () => void }) {
  return (
    <Autocomplete.Item
      value={command}
      onClick={onChosen}
      className="popup-item group min-h-8 pointer-coarse:min-h-11 [&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:text-ink-soft"
    >
      {command.icon}
      <span className="min-w-0 flex-1 truncate">{command.label}</span>
      {command.hint === undefined ? null : (
        <span
          className={cx(
            "max-w-[40%] truncate text-xs text-ink-soft",
            command.isHintCode === true && "font-mono",
          )}
        >
          {command.hint}
        </span>
      )}
      <CornerDownLeft
        aria-hidden
        className="invisible size-3.5! group-data-highlighted:visible pointer-coarse:hidden"
      />
    </Autocomplete.Item>
  );
}
