/** Keys as both sides have them, and the rotation in three stations. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { Check, KeyRound } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { Badge, type Tone } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { CodeBlock } from "../../components/code-block.tsx";
import { ConfigurationPanel } from "../../components/configuration-panel.tsx";
import { CopyableId } from "../../components/copyable-id.tsx";
import { Dialog, DialogClose } from "../../components/dialog.tsx";
import { Disclosure } from "../../components/disclosure.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { Section } from "../../components/page-header.tsx";
import { QueryView } from "../../components/query-view.tsx";
import { RelativeTime } from "../../components/relative-time.tsx";
import { RequiresScope } from "../../components/requires-scope.tsx";
import { Status } from "../../components/status.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { cx } from "../../lib/cx.ts";
import type { Instance } from "../../lib/instance-state.ts";
import { replaceInstance, useInstanceParameters } from "../../lib/instances.ts";
import { useServices } from "../../lib/services.ts";

import {
  describeRotation,
  type KeyList,
  type RotationStep,
  type SigningKey,
  type Station,
} from "./rotation.ts";

const POLL_MS = 4_000;
const SLOW_POLL_MS = 60_000;

export function KeysPanel({ instance }: { readonly instance: Instance }) {
  const { controlPlane } = useServices();
  const parameters = useInstanceParameters(instance.id);
  const query = useQuery({
    queryKey: ["keys", instance.id],
    queryFn: ({ signal }) => controlPlane.keys.list({ parameters }, { signal }),
    refetchInterval: POLL_MS,
  });
  return (
    <QueryView query={query} what="the keys">
      {(keys) =>
        keys.data.length === 0 ? (
          <EmptyState icon={<KeyRound />} title="No key pair yet">
            A key pair signs the tokens of this instance, and the instance verifies them with its public half.
            It is made when Authorization is switched on.
          </EmptyState>
        ) : (
          <div className="flex min-w-0 flex-col gap-8">
            <BothSides instance={instance} keys={keys} />
            <Rotation instance={instance} keys={keys} />
            <Section title="Public addresses" description="For whoever verifies tokens of this instance.">
              <CodeBlock label="Key set (JWKS)" code={keys.jwks_url} />
              <CodeBlock label="Issuer" code={keys.issuer} />
            </Section>
          </div>
        )
      }
    </QueryView>
  );
}

interface Row {
  readonly kid: string;
  /** Undefined where it is not held here. */
  readonly key: SigningKey | undefined;
}

const STATIONS: Readonly<Record<SigningKey["station"], { readonly word: string; readonly tone: Tone }>> = {
  published: { word: "Published", tone: "accent" },
  signing: { word: "Signs", tone: "ok" },
  retiring: { word: "Retiring", tone: "warn" },
  retired: { word: "Retired", tone: "neutral" },
};

const COLUMNS: readonly Column<Row>[] = [
  { id: "kid", title: "Thumbprint", render: ({ kid }) => <CopyableId id={kid} maxLength={14} /> },
  {
    id: "here",
    title: "This console",
    shortTitle: "Console",
    render: ({ key }) =>
      key === undefined ? (
        <span className="text-sm text-warn-ink">Not held</span>
      ) : (
        <Badge tone={STATIONS[key.station].tone}>{STATIONS[key.station].word}</Badge>
      ),
  },
  {
    id: "there",
    title: "On the instance",
    shortTitle: "Instance",
    render: ({ key }) => <LoadedThere signingKey={key} />,
  },
  {
    id: "requests",
    title: "Requests, last hour",
    isMinor: true,
    align: "end",
    render: ({ key }) => (
      <span className="tabular-nums text-ink-soft">{key?.request_count?.toLocaleString("en") ?? "–"}</span>
    ),
  },
  {
    id: "made",
    title: "Made",
    isMinor: true,
    align: "end",
    render: ({ key }) => (key === undefined ? null : <RelativeTime seconds={key.created_at} />),
  },
];

function LoadedThere({ signingKey }: { readonly signingKey: SigningKey | undefined }) {
  if (signingKey === undefined) return <Status tone="warn" word="Loaded" />;
  const { is_loaded: isLoaded, station } = signingKey;
  if (isLoaded === null) return <Status tone="neutral" word="Unknown" />;
  if (station === "retired")
    return isLoaded ? <Status tone="warn" word="Still loaded" /> : <Status tone="ok" word="Gone" />;
  return isLoaded ? <Status tone="ok" word="Loaded" /> : <Status tone="warn" word="Not loaded" />;
}

function BothSides({ instance, keys }: { readonly instance: Instance; readonly keys: KeyList }) {
  const rows: readonly Row[] = [
    ...keys.data.map((key) => ({ kid: key.kid, key })),
    ...keys.foreign_thumbprints.slice(0, 20).map((kid) => ({ kid, key: undefined })),
  ];
  return (
    <Section
      title="Keys"
      description={
        keys.foreign_thumbprints.length === 0
          ? "Keys that are held here, beside those that the instance has loaded."
          : "The instance has loaded keys that are not held here. Whoever holds them can make tokens that it takes."
      }
      actions={<AskInstance instance={instance} keys={keys} />}
    >
      <Table label="Keys" columns={COLUMNS} rows={rows} keyOf={({ kid }) => kid} />
    </Section>
  );
}

/** Asks it by itself while the page is open, where it has a policy route: oftener while a key is on its way. */
function AskInstance({ instance, keys }: { readonly instance: Instance; readonly keys: KeyList }) {
  const { controlPlane, queryClient } = useServices();
  const parameters = useInstanceParameters(instance.id);
  const { observed_at: observedAt, data } = keys;
  const isUnderWay = data.some(({ station }) => station === "published" || station === "retiring");
  const ask = useQuery({
    queryKey: ["asked-for-keys", instance.id, instance.endpoint],
    queryFn: async ({ signal }) => {
      const seen = await controlPlane.instances.readPolicy({ parameters }, { signal });
      replaceInstance(queryClient, parameters.organization_id, seen);
      await queryClient.invalidateQueries({ queryKey: ["keys", instance.id] });
      return true;
    },
    enabled: instance.is_ours !== false && instance.desired.authorization,
    refetchInterval: ({ state }) => (state.error !== null ? false : isUnderWay ? POLL_MS : SLOW_POLL_MS),
  });
  return (
    <div className="flex flex-col items-end gap-2">
      <div className="flex flex-wrap items-center gap-3">
        <span className="text-xs text-ink-soft">
          {observedAt === null ? (
            "Never asked"
          ) : (
            <>
              Asked <RelativeTime seconds={observedAt} />
            </>
          )}
        </span>
        <Button size="sm" isBusy={ask.isFetching} onClick={() => void ask.refetch()}>
          Check now
        </Button>
      </div>
      {ask.error === null || ask.isFetching ? null : (
        <div className="max-w-md">
          <ErrorState error={ask.error} title="What it has loaded is not known" isCompact />
        </div>
      )}
    </div>
  );
}

function useNow(): number {
  const [now, setNow] = useState(() => Date.now() / 1000);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now() / 1000), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

interface Step {
  readonly step: RotationStep;
  readonly kid: string | undefined;
  readonly isForced: boolean;
}

function Rotation({ instance, keys }: { readonly instance: Instance; readonly keys: KeyList }) {
  const { controlPlane, queryClient } = useServices();
  const parameters = useInstanceParameters(instance.id);
  // What is asked stays while its dialog goes away.
  const [asked, setAsked] = useState<Station>();
  const [isAsking, setIsAsking] = useState(false);
  const stations = describeRotation(keys, useNow());
  const take = useMutation({
    mutationFn: async ({ step, kid = "", isForced }: Step) => {
      if (step === "publish") return controlPlane.keys.publish({ parameters });
      const input = { parameters: { ...parameters, kid }, body: { is_forced: isForced } };
      return step === "sign" ? controlPlane.keys.sign(input) : controlPlane.keys.retire(input);
    },
    onSuccess: (list) => {
      queryClient.setQueryData(["keys", instance.id], list);
      void queryClient.invalidateQueries({ queryKey: ["configuration", instance.id] });
    },
  });
  const isUnderWay = keys.data.some(({ station }) => station === "published" || station === "retiring");
  const isUnloaded = keys.data.some(
    ({ station, is_loaded: isLoaded }) => station === "published" && isLoaded !== true,
  );
  const isLeft = keys.data.some(
    ({ station, is_loaded: isLoaded }) => station === "retired" && isLoaded === true,
  );
  const busyStep = take.isPending ? take.variables.step : undefined;
  const lines = <ConfigurationPanel instance={instance} isPrimary={isUnloaded || isLeft} />;
  return (
    <Section
      title="Rotation"
      description="Replaces the key that signs without refusing anybody: both keys are in the set meanwhile."
    >
      <ol className="grid gap-3 md:grid-cols-3">
        {stations.map((station, at) => (
          <StationCard
            key={station.step}
            station={station}
            number={at + 1}
            isBusy={busyStep === station.step}
            onTake={() => take.mutate({ step: station.step, kid: station.kid, isForced: false })}
            onForce={() => {
              setAsked(station);
              setIsAsking(true);
            }}
          />
        ))}
      </ol>
      {take.error === null ? null : (
        <ErrorState error={take.error} title="The keys are as they were" isCompact />
      )}
      {isUnloaded ? (
        <NextLines
          title="Next: give the instance the new key"
          text="Set these lines where it is started. This page notices."
        >
          {lines}
        </NextLines>
      ) : isUnderWay ? (
        <Disclosure title="Lines for the instance while both keys are in the set">{lines}</Disclosure>
      ) : isLeft ? (
        <NextLines
          title="Rotation is done"
          text="The instance still trusts the retired key until it gets these lines."
        >
          {lines}
        </NextLines>
      ) : null}
      <Dialog
        title={`${asked?.force?.button ?? ""}?`}
        description={asked?.force?.cost}
        isOpen={isAsking}
        onOpenChange={setIsAsking}
        actions={
          <>
            <DialogClose>
              <Button>Cancel</Button>
            </DialogClose>
            <Button
              variant="danger"
              onClick={() => {
                if (asked !== undefined) take.mutate({ step: asked.step, kid: asked.kid, isForced: true });
                setIsAsking(false);
              }}
            >
              {asked?.force?.button}
            </Button>
          </>
        }
      />
    </Section>
  );
}

/** What is left to do is done on the instance. */
function NextLines({
  title,
  text,
  children,
}: {
  readonly title: string;
  readonly text: string;
  readonly children: ReactNode;
}) {
  return (
    <div className="flex min-w-0 flex-col gap-3 rounded-lg border border-line-strong bg-raised p-4">
      <div className="flex flex-col gap-0.5">
        <h3 className="text-sm font-medium text-ink">{title}</h3>
        <p className="text-sm text-ink-soft">{text}</p>
      </div>
      {children}
    </div>
  );
}

function StationCard({
  station,
  number,
  isBusy,
  onTake,
  onForce,
}: {
  readonly station: Station;
  readonly number: number;
  readonly isBusy: boolean;
  readonly onTake: () => void;
  readonly onForce: () => void;
}) {
  const { title, does, button, state, reason, force, evidence, step } = station;
  const reasonId = `why-not-${step}`;
  return (
    <li
      className={cx(
        "flex min-w-0 flex-col gap-3 rounded-lg border p-4",
        state === "now" ? "border-line-strong bg-raised" : "border-line",
      )}
    >
      <div className="flex items-center gap-2">
        <span
          aria-hidden
          className={cx(
            "flex size-5 items-center justify-center rounded-full text-xs font-semibold",
            state === "done"
              ? "bg-ok-soft text-ok-ink"
              : state === "now"
                ? "bg-accent-soft text-accent-ink"
                : "bg-sunken text-ink-soft",
          )}
        >
          {state === "done" ? <Check className="size-3" strokeWidth={2.5} /> : number}
        </span>
        <h3 className="text-sm font-medium text-ink">{title}</h3>
        {state === "done" ? <span className="text-xs text-ink-soft">Done</span> : null}
      </div>
      <p className="flex-1 text-xs text-ink-soft">{does}</p>
      {evidence === undefined ? null : <p className="text-xs text-ok-ink">{evidence}</p>}
      <p id={reasonId} className={cx("text-xs text-ink-soft", reason === undefined && "hidden")}>
        {reason}
      </p>
      <div className={cx("flex flex-wrap gap-2", state === "done" && "hidden")}>
        <RequiresScope scopes={["os:write"]}>
          <Button
            size="sm"
            variant={state === "now" && reason === undefined && step !== "publish" ? "primary" : "secondary"}
            disabled={reason !== undefined}
            isBusy={isBusy}
            onClick={onTake}
            {...(reason === undefined ? {} : { "aria-describedby": reasonId })}
          >
            {button}
          </Button>
        </RequiresScope>
        {force === undefined ? null : (
          <RequiresScope scopes={["os:write"]}>
            <Button size="sm" variant="ghost" onClick={onForce}>
              {force.button}…
            </Button>
          </RequiresScope>
        )}
      </div>
    </li>
  );
}
