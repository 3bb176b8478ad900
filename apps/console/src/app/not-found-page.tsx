import { Compass } from "lucide-react";
import { ButtonLink } from "../components/button.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { PageHeader } from "../components/page-header.tsx";

export function NotFoundPage() {
  return (
    <>
      <PageHeader title="No such page" />
      <EmptyState
        icon={<Compass />}
        title="Nothing has this address"
        action={<ButtonLink to="/">Go home</ButtonLink>}
      >
        It was mistyped, or what stood here has been deleted. Press Ctrl K, or ⌘K on a Mac, to find a page by
        its name.
      </EmptyState>
    </>
  );
}
