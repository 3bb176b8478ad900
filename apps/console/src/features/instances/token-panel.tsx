/** A token of one's own to paste into a terminal: made when asked for, shown once, in the memory of this tab alone. */
import type { ControlPlaneClient } from "@agentos/client";
import { useMutation } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { useEffect, useState } from "react";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { Checkbox } from "../../components/checkbox.tsx";
import { CodeBlock } from "../../components/code-block.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { KeyValueList } from "../../components/key-value-list.tsx";
import { Section } from "../../components/page-header.tsx";
import { SegmentedControl } from "../../components/segmented-control.tsx";
import { Status } from "../../components/status.tsx";
import type { Instance } from "../../lib/instance-state.ts";
import { useInstanceParameters } from "../../lib/instances.ts";
import { useServices } from "../../lib/services.ts";
import { useMembership } from "../../lib/session.ts";
import { describeExact } from "../../lib/time-words.ts";
import { countOf } from "../../lib/words.ts";
import { NEEDED_SCOPE, scopesForInstance, writeCurlLine } from "./curl-line.ts";
import { describeLeft } from "./rotation.ts";
import { SecurityKeyForm } from "./security-key-form.tsx";

type Minted = Awaited<ReturnType<ControlPlaneClient["tokens"]["mint"]>>;

export function TokenPanel({ instance }: { readonly instance: Instance }) {
  const { desired } = instance;
  if (desired.authorization) return <MintToken instance={instance} />;
  if (desired.security_key)
    return (
      <Section
        title="Security key"
        description="With Authorization off, everybody calls this instance with its one key."
      >
        <SecurityKeyForm instance={instance} />
      </Section>
    );
  return (
    <EmptyState icon={<KeyRound />} title="No token is needed, and none is made">
      With both switches off the instance asks for nothing. Switch Authorization on to get tokens of your own.
    </EmptyState>
  );
}

function MintToken({ instance }: { readonly instance: Instance }) {
  const { controlPlane } = useServices();
  const parameters = useInstanceParameters(instance.id);
  const own = scopesForInstance(useMembership().scopes);
  const [extent, setExtent] = useState<"all" | "chosen">("all");
  const [chosen, setChosen] = useState<readonly string[]>([NEEDED_SCOPE, "agents:read"]);
  // Not in the cache of queries: gone with this panel.
  const [minted, setMinted] = useState<Minted>();
  const mint = useMutation({
    mutationFn: () =>
      controlPlane.tokens.mint({
        parameters,
        body: { purpose: "curl", ...(extent === "all" ? {} : { scopes: [...chosen] }) },
      }),
    onSuccess: setMinted,
    gcTime: 0,
  });
  if (minted !== undefined)
    return (
      <ShownToken
        minted={minted}
        onForget={() => {
          setMinted(undefined);
          mint.reset();
        }}
      />
    );
  return (
    <Section
      title="Token for a terminal"
      description="It is yours, lives for five minutes, and may do at most what your role may. That it was made stands in the audit log."
    >
      <SegmentedControl
        label="What it may do"
        value={extent}
        onChange={setExtent}
        segments={[
          { value: "all", label: "All that my role gives" },
          { value: "chosen", label: "Less" },
        ]}
      />
      {extent === "all" ? null : (
        <fieldset className="grid gap-2 rounded-lg border border-line bg-raised p-4 sm:grid-cols-2 lg:grid-cols-3">
          <legend className="sr-only">Scopes of the token</legend>
          {own.map((scope) => (
            <Checkbox
              key={scope}
              label={<code className="font-mono text-xs">{scope}</code>}
              isChecked={scope === NEEDED_SCOPE || chosen.includes(scope)}
              isDisabled={scope === NEEDED_SCOPE}
              onChange={(isChecked) =>
                setChosen((before) =>
                  isChecked ? [...before, scope] : before.filter((each) => each !== scope),
                )
              }
            />
          ))}
        </fieldset>
      )}
      {mint.error === null ? null : <ErrorState error={mint.error} title="No token was made" />}
      <div>
        <Button variant="primary" isBusy={mint.isPending} onClick={() => mint.mutate()}>
          Make a token
        </Button>
      </div>
    </Section>
  );
}

function ShownToken({ minted, onForget }: { readonly minted: Minted; readonly onForget: () => void }) {
  const left = useSecondsLeft(minted.expires_at);
  const again = <Button onClick={onForget}>{left > 0 ? "Forget it" : "Make another one"}</Button>;
  if (left <= 0)
    return (
      <Section
        title="The token has ended"
        description="It was valid for five minutes, and nobody takes it any more."
      >
        <div>{again}</div>
      </Section>
    );
  return (
    <Section
      title="Your token"
      description="Shown this once, and kept nowhere. What you paste into a terminal stays in its history until the token has ended."
      actions={<Status tone="ok" word={`Ends in ${describeLeft(left)}`} />}
    >
      <CodeBlock label="Ask for the agents" code={writeCurlLine(minted.endpoint, minted.token)} />
      <CodeBlock label="The token alone" code={minted.token} />
      <KeyValueList
        items={[
          { name: "Ends", value: describeExact(minted.expires_at) },
          { name: "Audience", value: <code className="font-mono text-xs">{minted.audience}</code> },
          { name: "Signed with", value: <code className="font-mono text-xs">{minted.kid}</code> },
          {
            name: countOf(minted.scopes.length, "scope"),
            value: (
              <span className="flex flex-wrap gap-1">
                {minted.scopes.map((scope) => (
                  <Badge key={scope} isCode>
                    {scope}
                  </Badge>
                ))}
              </span>
            ),
          },
        ]}
      />
      <div>{again}</div>
    </Section>
  );
}

function useSecondsLeft(endsAt: number): number {
  const [now, setNow] = useState(() => Date.now() / 1000);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now() / 1000), 1_000);
    return () => clearInterval(timer);
  }, []);
  return endsAt - now;
}
