/** What a one-time link leads to: straight in, or the details that it needs. Looking at it does not spend it. */
import type { ControlPlaneClient } from "@agentos/client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useId, useRef } from "react";
import { Button } from "../../components/button.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { Notice } from "../../components/notice.tsx";
import { Skeleton } from "../../components/skeleton.tsx";
import { useServices } from "../../lib/services.ts";
import { sessionQuery } from "../../lib/session.ts";
import { FrontDoor } from "./front-door.tsx";
import { type LinkDetails, LinkDetailsForm } from "./link-details-form.tsx";

type Link = Awaited<ReturnType<ControlPlaneClient["signIn"]["inspectLink"]>>;

export interface LinkPageProps {
  readonly secret: string;
  /** The link does not work, and the person goes on without it. */
  readonly onGiveUp: () => void;
}

export function LinkPage({ secret, onGiveUp }: LinkPageProps) {
  const { controlPlane } = useServices();
  const quiet = { knowsSessionOver: true } as const;
  // The secret itself is in no key of a query; another link is another page.
  const id = useId();
  const link = useQuery({
    queryKey: ["link", id],
    queryFn: () => controlPlane.signIn.inspectLink({ body: { secret } }),
    meta: quiet,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const session = useQuery({ ...sessionQuery(controlPlane), meta: quiet });
  if (link.error !== null)
    return (
      <FrontDoor title="This link does not let you in">
        <ErrorState error={link.error} onRetry={() => void link.refetch()} isRetrying={link.isFetching} />
        <Button variant="primary" onClick={onGiveUp}>
          Sign in with a password
        </Button>
      </FrontDoor>
    );
  if (link.data === undefined || session.isPending)
    return (
      <FrontDoor title="Signing in">
        <Skeleton label="Reading the link" lines={2} />
      </FrontDoor>
    );
  return <KnownLink secret={secret} link={link.data} signedIn={session.data?.person} onGiveUp={onGiveUp} />;
}

interface KnownLinkProps extends LinkPageProps {
  readonly link: Link;
  /** Who is signed in already in this browser. */
  readonly signedIn: { readonly name: string; readonly email: string } | undefined;
}

function KnownLink({ secret, link, signedIn, onGiveUp }: KnownLinkProps) {
  const { controlPlane, openDocument, otherTabs } = useServices();
  const redeem = useMutation({
    mutationFn: (details: LinkDetails) => controlPlane.signIn.redeemLink({ body: { secret, ...details } }),
    meta: { knowsSessionOver: true },
    onSuccess({ person }) {
      otherTabs.tell({ kind: "signed-in", personId: person.id });
      openDocument("/");
    },
  });
  // A page that somebody else opened must not swap the person in silence.
  const isSwap = signedIn !== undefined && signedIn.email !== link.person?.email;
  const isStraight = link.purpose !== "owner" && !link.needs_password && !isSwap;
  const { mutate } = redeem;
  // It works once: an effect that runs twice would find it spent.
  const isSpent = useRef(false);
  useEffect(() => {
    if (!isStraight || isSpent.current) return;
    isSpent.current = true;
    mutate({});
  }, [isStraight, mutate]);

  if (isStraight)
    return (
      <FrontDoor title={link.person === null ? "Signing in" : `Welcome, ${link.person.name}`}>
        {redeem.error === null ? (
          <Skeleton label="Signing in" lines={2} />
        ) : (
          <>
            {/* The link is in no address any more: whoever loads the page again has lost it. */}
            <ErrorState error={redeem.error} isCompact onRetry={() => mutate({})} />
            <Button onClick={onGiveUp}>Sign in with a password</Button>
          </>
        )}
      </FrontDoor>
    );
  const fault = redeem.error === null ? null : <ErrorState error={redeem.error} isCompact />;
  if (link.purpose !== "owner" && !link.needs_password)
    return (
      <FrontDoor
        title={`Sign in as ${link.person?.name ?? "another person"}?`}
        description={describeSwap(signedIn?.name)}
      >
        {fault}
        <div className="flex flex-col gap-2">
          <Button variant="primary" isBusy={redeem.isPending} onClick={() => mutate({})}>
            <span className="truncate">Sign in as {link.person?.name ?? "another person"}</span>
          </Button>
          <Button onClick={onGiveUp}>
            <span className="truncate">Stay signed in as {signedIn?.name ?? "somebody else"}</span>
          </Button>
        </div>
      </FrontDoor>
    );
  return (
    <FrontDoor {...describePurpose(link)}>
      {isSwap ? <Notice tone="warn" title={describeSwap(signedIn.name)} /> : null}
      {fault}
      <LinkDetailsForm link={link} error={redeem.error} isBusy={redeem.isPending} onSubmit={mutate} />
    </FrontDoor>
  );
}

function describeSwap(name = "somebody else"): string {
  return `You are signed in as ${name} in this browser. Continuing signs ${name} out.`;
}

function describePurpose({ purpose, person }: Link): {
  readonly title: string;
  readonly description: string;
} {
  if (purpose === "owner")
    return {
      title: "Set up your control plane",
      description:
        "You are the first person here, so you become its Owner. You can add people and connect instances.",
    };
  if (purpose === "reset-password")
    return {
      title: "Choose a new password",
      description: `For ${person?.email ?? "your account"}. Your other sessions end.`,
    };
  return {
    title: `Welcome, ${person?.name ?? "there"}`,
    description: `Choose a password for ${person?.email ?? "your account"}.`,
  };
}
