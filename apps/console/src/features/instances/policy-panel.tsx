/** The policy in force, as the instance itself says it to the caller. Its words: text, bounded. */
import type { AgentOSClient } from "@agentos/client";
import { ShieldQuestion } from "lucide-react";
import { Badge } from "../../components/badge.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { InstanceQueryView } from "../../components/instance-query-view.tsx";
import { KeyValueList } from "../../components/key-value-list.tsx";
import { Notice } from "../../components/notice.tsx";
import { Section } from "../../components/page-header.tsx";
import { RelativeTime } from "../../components/relative-time.tsx";
import { Table } from "../../components/table.tsx";
import { useInstanceQuery } from "../../lib/instance-data.ts";
import type { Instance } from "../../lib/instance-state.ts";
import { useMissingScopes } from "../../lib/session.ts";
import { lookUp } from "../../lib/strangers-names.ts";
import { asSentence, clip, joinWords } from "../../lib/words.ts";

type Policy = Awaited<ReturnType<AgentOSClient["policy"]["read"]>>;

export function PolicyPanel({ instance }: { readonly instance: Instance }) {
  const missing = useMissingScopes(["authz:read"]);
  if (!instance.desired.authorization)
    return (
      <EmptyState icon={<ShieldQuestion />} title="Nobody to ask as">
        The policy is read with a token of yours. Switch Authorization on to see what the instance enforces.
      </EmptyState>
    );
  if (instance.is_ours === false)
    return (
      <EmptyState icon={<ShieldQuestion />} title="This AgentOS does not tell its policy">
        Only the AgentOS for TypeScript has the route GET /authz/policy. What the lights and the problems say
        is what can be seen from outside.
      </EmptyState>
    );
  if (missing !== undefined)
    return (
      <EmptyState icon={<ShieldQuestion />} title="Your role does not read the policy">
        It lacks <code className="font-mono">{joinWords(missing.scopes, "and")}</code>. Ask{" "}
        {missing.whoCan ?? "somebody whose role gives it"}.
      </EmptyState>
    );
  return <ReadPolicy instance={instance} />;
}

function ReadPolicy({ instance }: { readonly instance: Instance }) {
  const query = useInstanceQuery(instance, ["policy"], (client, signal) =>
    client.policy.read({}, { signal }),
  );
  return (
    <InstanceQueryView
      query={query}
      what="the policy"
      instanceId={instance.id}
      ask={(client) => client.policy.read()}
    >
      {(policy) => <PolicyFacts policy={policy} at={query.dataUpdatedAt / 1_000} />}
    </InstanceQueryView>
  );
}

const MODES: Readonly<Record<string, string>> = {
  jwt: "Tokens, verified (JWT)",
  "jwt-unverified": "Tokens, not verified",
  security_key: "Its security key",
  none: "Nothing",
};

/** Nothing of it is taken for what it should be: another version may leave things out. */
function texts(value: unknown): readonly string[] {
  return Array.isArray(value)
    ? value
        .filter((each) => typeof each === "string")
        .slice(0, 50)
        .map((each) => clip(each, 200))
    : [];
}

function text(value: unknown): string {
  return typeof value === "string" ? clip(value, 200) : "";
}

function Codes({ of }: { readonly of: readonly string[] }) {
  return of.length === 0 ? (
    <span className="text-ink-soft">none</span>
  ) : (
    <span className="flex flex-wrap gap-1">
      {of.map((each) => (
        <Badge key={each} isCode>
          {each}
        </Badge>
      ))}
    </span>
  );
}

function PolicyFacts({ policy, at }: { readonly policy: Policy; readonly at: number }) {
  const keys = Array.isArray(policy.keys) ? policy.keys.slice(0, 50) : [];
  const issuers = Array.isArray(policy.issuers) ? policy.issuers.slice(0, 50) : [];
  const findings = Array.isArray(policy.findings) ? policy.findings.slice(0, 20) : [];
  return (
    <div className="flex min-w-0 flex-col gap-8">
      <Section
        title="In force"
        description={
          <>
            In the words of the instance, asked <RelativeTime seconds={at} /> with your own token.
          </>
        }
      >
        <KeyValueList
          items={[
            { name: "Asks for", value: lookUp(MODES, text(policy.mode)) ?? text(policy.mode) },
            {
              name: "Its id (audience)",
              value: <code className="font-mono text-xs">{text(policy.os_id)}</code>,
            },
            {
              name: "Scopes",
              value: policy.enforces_scopes ? "Enforced" : "Not enforced: a valid token may do everything",
            },
            {
              name: "Users",
              value: policy.isolates_users
                ? "Each reaches only their own data"
                : "Not isolated: with the right scopes one user reaches another’s data",
            },
            { name: "Algorithms", value: <Codes of={texts(policy.algorithms)} /> },
            ...(texts(policy.unsafe).length === 0
              ? []
              : [{ name: "Weakened by", value: <Codes of={texts(policy.unsafe)} /> }]),
            { name: "Pages that may call", value: <Codes of={texts(policy.allowed_origins)} /> },
            { name: "Without a credential", value: <Codes of={texts(policy.public_routes)} /> },
            {
              name: "Version",
              value: `AgentOS for TypeScript ${text(policy.server_version)}, speaks ${text(policy.agno_version)}`,
            },
          ]}
        />
      </Section>
      {findings.length === 0 ? null : (
        <Section title="Doubtful">
          {findings.map(({ code, message, fix }) => (
            <Notice key={`${code} ${message}`} tone="warn" title={asSentence(text(message))}>
              {asSentence(text(fix))}
            </Notice>
          ))}
        </Section>
      )}
      <Section title="Issuers" description="Whose tokens it takes.">
        <Table
          label="Issuers"
          rows={issuers}
          keyOf={({ name, issuer }) => `${name} ${issuer ?? ""}`}
          empty={<p className="text-sm text-ink-soft">It takes tokens of nobody.</p>}
          columns={[
            { id: "name", title: "Name", render: ({ name }) => text(name) },
            {
              id: "issuer",
              title: "Issuer",
              render: ({ issuer }) =>
                issuer === null ? (
                  <span className="text-ink-soft">Any: the key decides</span>
                ) : (
                  <code className="font-mono text-xs wrap-anywhere">{text(issuer)}</code>
                ),
            },
            {
              id: "keys",
              title: "Keys from",
              isMinor: true,
              render: (each) => joinWords(texts(each.keys_from), "and") || "nowhere",
            },
          ]}
        />
      </Section>
      <Section title="Verification keys">
        <Table
          label="Verification keys"
          rows={keys}
          keyOf={({ source, thumbprint, kid }) => `${source} ${thumbprint ?? ""} ${kid ?? ""}`}
          empty={
            <p className="text-sm text-ink-soft">
              It has loaded none. Keys that it fetches come with the first token.
            </p>
          }
          columns={[
            { id: "label", title: "Key", render: ({ label }) => text(label) },
            {
              id: "from",
              title: "From",
              isMinor: true,
              render: ({ source }) => <code className="font-mono text-xs wrap-anywhere">{text(source)}</code>,
            },
            {
              id: "requests",
              title: "Requests, last hour",
              align: "end",
              isMinor: true,
              render: ({ request_count: count }) =>
                typeof count === "number" ? count.toLocaleString("en") : "not counted",
            },
          ]}
        />
      </Section>
    </div>
  );
}
