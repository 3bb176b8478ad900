import { Plus, RotateCw, Settings, Trash2 } from "lucide-react";
import { Breadcrumbs } from "../components/breadcrumbs.tsx";
import { Button, ButtonLink, type ButtonVariant } from "../components/button.tsx";
import { IconButton } from "../components/icon-button.tsx";
import { PageHeader, Section } from "../components/page-header.tsx";
import { DisabledControl } from "../components/requires-scope.tsx";
import { ExternalLink, TextLink } from "../components/text-link.tsx";

const VARIANTS: readonly ButtonVariant[] = ["primary", "secondary", "ghost", "danger"];

export function ActionSamples() {
  return (
    <>
      <Section title="Buttons and links">
        <div className="flex flex-col items-start gap-3">
          {VARIANTS.map((variant) => (
            <div key={variant} className="flex flex-wrap items-center gap-2">
              <Button variant={variant}>Save changes</Button>
              <Button variant={variant} icon={<Plus aria-hidden />}>
                Add member
              </Button>
              <Button variant={variant} size="sm">
                Small
              </Button>
              <Button variant={variant} isBusy>
                Saving
              </Button>
              <Button variant={variant} disabled>
                Disabled
              </Button>
            </div>
          ))}
          <div className="flex flex-wrap items-center gap-2">
            <IconButton label="Settings" icon={<Settings aria-hidden />} />
            <IconButton label="Reload" icon={<RotateCw aria-hidden />} size="sm" />
            <IconButton label="Delete" icon={<Trash2 aria-hidden />} disabled />
            <ButtonLink to="/">A link as a button</ButtonLink>
            <TextLink to="/">A link</TextLink>
            <ExternalLink href="https://example.com/">Another site</ExternalLink>
          </div>
          <DisabledControl missing={{ scopes: ["os:delete"], whoCan: "an Owner" }}>
            <Button variant="danger">Delete instance</Button>
          </DisabledControl>
        </div>
      </Section>
      <Section title="Page header and breadcrumbs">
        <Breadcrumbs
          crumbs={[
            { title: "Acme", path: "/" },
            { title: "Production", path: "/i/1" },
            { title: "Refusals", path: "/i/1/refusals" },
          ]}
        />
        <PageHeader
          title="Production"
          description="What this page is for, in one line."
          actions={
            <>
              <Button>Edit</Button>
              <Button variant="primary">Connect</Button>
            </>
          }
        />
      </Section>
    </>
  );
}
