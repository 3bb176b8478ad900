/** One instance: what guards it, its keys, what it enforces, and what it is called. */
import { getRouteApi, Navigate } from "@tanstack/react-router";
import { useState } from "react";
import { Badge } from "../../components/badge.tsx";
import { ButtonLink } from "../../components/button.tsx";
import { ConfigurationPanel } from "../../components/configuration-panel.tsx";
import { CopyableId } from "../../components/copyable-id.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { InstanceStatus } from "../../components/instance-status.tsx";
import { PageHeader, Section } from "../../components/page-header.tsx";
import { RelativeTime } from "../../components/relative-time.tsx";
import { Tabs } from "../../components/tabs.tsx";
import { TextLink } from "../../components/text-link.tsx";
import { useInstance } from "../../lib/instance-data.ts";
import type { Instance } from "../../lib/instance-state.ts";
import { useInstanceProbe } from "../../lib/instance-watch.ts";
import { isKnownToDocument } from "../../lib/instances.ts";
import { useServices } from "../../lib/services.ts";
import { clip, countOf } from "../../lib/words.ts";
import { AccessPanel } from "./access-panel.tsx";
import { FindingCard } from "./finding-card.tsx";
import type { InstanceTab } from "./instance-tabs.ts";
import { KeysPanel } from "./keys-panel.tsx";
import { PolicyPanel } from "./policy-panel.tsx";
import { SettingsPanel } from "./settings-panel.tsx";
import { StaleDocument } from "./stale-document.tsx";
import { areSwitchesSettled } from "./switch-words.ts";
import { SwitchesPanel } from "./switches-panel.tsx";
import { TokenPanel } from "./token-panel.tsx";

const route = getRouteApi("/shell/i/$instanceId/instance");

export function InstancePage() {
  const instance = useInstance();
  if (instance.is_draft)
    return <Navigate to="/connect/$instanceId" params={{ instanceId: instance.id }} replace />;
  return <KnownInstance key={instance.id} instance={instance} />;
}

function KnownInstance({ instance }: { readonly instance: Instance }) {
  const { queryClient } = useServices();
  const { tab = "switches" } = route.useSearch();
  const navigate = route.useNavigate();
  const probe = useInstanceProbe(instance, { isSettled: areSwitchesSettled(instance) });
  const isStale = instance.endpoint !== null && !isKnownToDocument(queryClient, instance);
  const isLooking = probe.isFetching && probe.data === undefined;
  return (
    <>
      <PageHeader
        title={instance.name}
        facts={
          <>
            {instance.findings.length === 0 ? (
              <InstanceStatus instance={instance} isBusy={isLooking} />
            ) : (
              <TextLink
                to="/i/$instanceId/instance"
                params={{ instanceId: instance.id }}
                className="inline-flex"
              >
                <InstanceStatus instance={instance} isBusy={isLooking} />
              </TextLink>
            )}
            <Badge tone={instance.environment === "live" ? "accent" : "neutral"}>
              {instance.environment === "live" ? "Live" : "Local"}
            </Badge>
            {instance.tags.map((tag) => (
              <Badge key={tag}>{tag}</Badge>
            ))}
          </>
        }
        actions={
          <ButtonLink to="/connect/$instanceId" params={{ instanceId: instance.id }}>
            Check the connection
          </ButtonLink>
        }
      />
      {isLooking && instance.observed === null ? (
        <p className="text-sm text-ink-soft">Checking it from this browser…</p>
      ) : (
        <Facts instance={instance} />
      )}
      {isStale ? <StaleDocument /> : null}
      {probe.error === null ? null : (
        <ErrorState error={probe.error} title="What this browser sees could not be reported" />
      )}
      <Tabs<InstanceTab>
        label={`Parts of ${instance.name}`}
        value={tab}
        onChange={(next) => void navigate({ search: next === "switches" ? {} : { tab: next } })}
        tabs={[
          {
            value: "switches",
            label: instance.findings.length === 0 ? "Switches" : `Switches (${instance.findings.length})`,
            content: <Guard instance={instance} />,
          },
          { value: "keys", label: "Keys", content: <KeysPanel instance={instance} /> },
          { value: "policy", label: "Policy", content: <PolicyPanel instance={instance} /> },
          { value: "token", label: "Token", content: <TokenPanel instance={instance} /> },
          { value: "members", label: "Roles", content: <AccessPanel instance={instance} /> },
          { value: "settings", label: "Settings", content: <SettingsPanel instance={instance} /> },
        ]}
      />
    </>
  );
}

const VERSION_WORDS: Readonly<Record<Instance["version_source"], string>> = {
  reported: "as it reports",
  stated: "entered by hand",
  unknown: "",
};

function Facts({ instance }: { readonly instance: Instance }) {
  const { endpoint, version, version_source: source, os_id: osId, observed } = instance;
  return (
    <dl className="grid grid-cols-2 gap-x-8 gap-y-3 text-sm sm:flex sm:flex-wrap">
      <Fact name="Address">
        <CopyableId id={endpoint ?? "none"} />
      </Fact>
      <Fact name="Instance id">
        {osId === null ? "Not learnt yet" : <CopyableId id={clip(osId, 256)} maxLength={28} />}
      </Fact>
      <Fact name="Version">
        {version === null ? (
          "Not known"
        ) : (
          <>
            <code className="font-mono text-xs text-ink">{version}</code>
            <span className="text-xs text-ink-soft">{VERSION_WORDS[source]}</span>
          </>
        )}
      </Fact>
      <Fact name="Last seen">{observed === null ? "Never" : <RelativeTime seconds={observed.at} />}</Fact>
    </dl>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <div className="flex min-w-0 flex-col gap-0.5 max-sm:nth-[-n+2]:col-span-2">
      <dt className="text-xs text-ink-soft">{name}</dt>
      <dd className="flex min-h-6 min-w-0 flex-wrap items-center gap-x-1.5 text-ink wrap-anywhere">
        {children}
      </dd>
    </div>
  );
}

function Guard({ instance }: { readonly instance: Instance }) {
  const { findings, desired } = instance;
  const [isShown, setIsShown] = useState(false);
  const isGuarded = desired.authorization || desired.security_key;
  const isSettled = areSwitchesSettled(instance);
  const isUndecided = findings.some(({ code }) => code === "INSTANCE_BOTH_SWITCHES_ON");
  return (
    <div className="flex min-w-0 flex-col gap-8">
      <div className="flex min-w-0 flex-col gap-3">
        <p className="text-sm text-ink-soft">
          What you want, beside what the instance does. This page looks again until both agree.
        </p>
        <SwitchesPanel instance={instance} />
      </div>
      {findings.length === 0 ? null : (
        <Section title={countOf(findings.length, "problem")}>
          {findings.map((finding) => (
            <FindingCard key={finding.code} instance={instance} finding={finding} />
          ))}
        </Section>
      )}
      {isUndecided ? (
        <p className="text-sm text-ink-soft">
          Pick one way above. Then the lines for the instance stand here.
        </p>
      ) : (isSettled || !isGuarded) && !isShown ? (
        <div>
          <button
            type="button"
            className="rounded-sm text-sm font-medium text-accent-ink underline decoration-transparent underline-offset-3 transition-colors hover:decoration-current"
            onClick={() => setIsShown(true)}
          >
            {isGuarded ? "Show the lines of its configuration" : "Show the lines that take the guards away"}
          </button>
        </div>
      ) : (
        <Section
          title="Copy the configuration"
          description={
            desired.security_key
              ? "For where the instance is started. The security key is made there, and is never sent here."
              : "For where the instance is started. None of them is a secret."
          }
        >
          <ConfigurationPanel instance={instance} isPrimary />
        </Section>
      )}
    </div>
  );
}
