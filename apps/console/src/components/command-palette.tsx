/** ⌘K: everything by its name or id. The shell gives it the commands; features add theirs there. */
import { Autocomplete } from "@base-ui/react/autocomplete";
import { Dialog } from "@base-ui/react/dialog";
import { CornerDownLeft, Search } from "lucide-react";
import type { ReactNode } from "react";

export interface Command {
  readonly id: string;
  /** What is searched and shown. */
  readonly label: string;
  readonly group: string;
  readonly icon?: ReactNode;
  /** Shown at the right, and searched too: an id, a state. */
  readonly hint?: string;
  readonly run: () => void;
}

interface CommandGroup {
  readonly value: string;
  readonly items: readonly Command[];
}

export interface CommandPaletteProps {
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly commands: readonly Command[];
}

const searchText = ({ label, hint }: Command) => `${label} ${hint ?? ""}`;

export function CommandPalette({ isOpen, onOpenChange, commands }: CommandPaletteProps) {
  return (
    <Dialog.Root open={isOpen} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-veil transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Dialog.Viewport className="fixed inset-0 z-40 flex justify-center overflow-hidden p-4 pt-[12vh]">
          <Dialog.Popup
            aria-label="Commands"
            className="popup flex h-fit max-h-[60vh] w-full max-w-xl flex-col overflow-hidden rounded-lg"
          >
            <Autocomplete.Root
              inline
              open
              items={groupCommands(commands)}
              itemToStringValue={searchText}
              autoHighlight="always"
              keepHighlight
            >
              <div className="flex items-center gap-2.5 border-b border-line px-4">
                <Search aria-hidden className="size-4 shrink-0 text-ink-faint" />
                <Autocomplete.Input
                  aria-label="Search for a page, an instance or an id"
                  placeholder="Go to a page, an instance, an id…"
                  className="h-12 w-full bg-transparent text-base text-ink outline-none placeholder:text-ink-faint"
                />
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
                        <CommandItem
                          key={command.id}
                          command={command}
                          onChosen={() => onOpenChange(false)}
                        />
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
      onClick={() => {
        onChosen();
        command.run();
      }}
      className="popup-item group min-h-8 [&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:text-ink-soft"
    >
      {command.icon}
      <span className="min-w-0 flex-1 truncate">{command.label}</span>
      {command.hint === undefined ? null : (
        <span className="max-w-[40%] truncate text-xs text-ink-soft">{command.hint}</span>
      )}
      <CornerDownLeft aria-hidden className="invisible size-3.5! group-data-highlighted:visible" />
    </Autocomplete.Item>
  );
}

function groupCommands(commands: readonly Command[]): readonly CommandGroup[] {
  return [...Map.groupBy(commands, ({ group }) => group)].map(([value, items]) => ({ value, items }));
}
