/** A token of one's own to paste into a terminal: made when asked for, shown once, in the memory of this tab alone. */
import type { ControlPlaneClient } from "@agentos/client";
import { ADMIN_SCOPE } from "@agentos/contract";
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
import { groupScopes, NEEDED_SCOPE, scopesForInstance, writeCurlLine } from "./curl-line.ts";
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
      description="It is yours, lives for five minutes, and may do at most what your role may. Making it is logged."
    >
      <SegmentedControl
        label="What it may do"
        value={extent}
        onChange={setExtent}
        segments={[
          { value: "all", label: "Everything my role allows" },
          { value: "chosen", label: "Only some" },
        ]}
      />
      {extent === "all" ? null : (
        <fieldset className="flex flex-col divide-y divide-line rounded-lg border border-line bg-raised px-4 py-1">
          <legend className="sr-only">Scopes of the token</legend>
          {groupScopes(own).map(({ resource, scopes }) => (
            <div
              key={resource}
              className="grid grid-cols-2 gap-x-6 gap-y-1.5 py-2 sm:flex sm:flex-wrap pointer-coarse:gap-y-0 pointer-coarse:py-0"
            >
              {scopes.map((scope) => (
                <span key={scope} className="sm:w-44">
                  <Checkbox
                    label={<code className="font-mono text-xs">{scope}</code>}
                    isChecked={scope === NEEDED_SCOPE || chosen.includes(scope)}
                    isDisabled={scope === NEEDED_SCOPE}
                    onChange={(isChecked) =>
                      setChosen((before) =>
                        isChecked ? [...before, scope] : before.filter((each) => each !== scope),
                      )
                    }
                  />
                </span>
              ))}
              {scopes.includes(ADMIN_SCOPE) ? (
                <span className="self-center text-xs leading-5 text-ink-soft max-sm:col-span-2 max-sm:pb-2">
                  May do everything; the others no longer matter.
                </span>
              ) : null}
            </div>
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
      <CodeBlock label="Ask for the agents" code={writeCurlLine(minted.endpoint, minted.token)} isOneLine />
      <CodeBlock label="The token alone" code={minted.token} isOneLine />
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
