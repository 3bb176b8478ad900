import { PanelLeft } from "lucide-react";
import { Breadcrumbs, type Crumb } from "../components/breadcrumbs.tsx";
import { IconButton } from "../components/icon-button.tsx";

export interface TopBarProps {
  readonly crumbs: readonly Crumb[];
  /** What the button does to the bar. */
  readonly toggleLabel: string;
  readonly onToggle: () => void;
}

export function TopBar({ crumbs, toggleLabel, onToggle }: TopBarProps) {
  return (
    <div className="sticky top-0 z-10 flex h-12 items-center gap-2 border-b border-line bg-canvas px-2 sm:px-3">
      <IconButton label={toggleLabel} icon={<PanelLeft aria-hidden />} onClick={onToggle} />
      <Breadcrumbs crumbs={crumbs} />
    </div>
  );
}
