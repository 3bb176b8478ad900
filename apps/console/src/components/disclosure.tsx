/** What few need to see, behind its title. */
import { Collapsible } from "@base-ui/react/collapsible";
import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";

export interface DisclosureProps {
  readonly title: string;
  readonly isOpenAtFirst?: boolean;
  readonly children: ReactNode;
}

export function Disclosure({ title, isOpenAtFirst = false, children }: DisclosureProps) {
  return (
    <Collapsible.Root defaultOpen={isOpenAtFirst} className="w-full min-w-0">
      <Collapsible.Trigger className="group flex items-center gap-1 rounded-sm text-left text-xs font-medium text-ink-soft hover:text-ink pointer-coarse:min-h-9">
        <ChevronRight
          aria-hidden
          className="size-3.5 shrink-0 transition-transform group-data-panel-open:rotate-90"
        />
        {title}
      </Collapsible.Trigger>
      <Collapsible.Panel className="min-w-0 pt-2">{children}</Collapsible.Panel>
    </Collapsible.Root>
  );
}
