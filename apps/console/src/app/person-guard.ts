/**
 * A document is of one person. When somebody else is signed in, whether in another tab or by whatever swapped the cookie,
 * nothing of it is shown or used any longer: what was loaded, tokens and security keys are those of the person before.
 */
import { useEffect, useState } from "react";
import { judgeNews } from "../lib/other-tabs.ts";
import { useServices } from "../lib/services.ts";
import { takeUpSession } from "../lib/sign-in-again.ts";

/** Takes who is signed in, as it is known now; true where this document is not theirs, and is being left. */
export function usePersonGuard(signedIn: string | undefined): boolean {
  const services = useServices();
  const { instanceClients, openDocument, otherTabs, sessionWatch } = services;
  const [person, setPerson] = useState(signedIn);
  const [isLeft, setIsLeft] = useState(false);
  if (person === undefined && signedIn !== undefined) setPerson(signedIn);
  const isOther = person !== undefined && signedIn !== undefined && signedIn !== person;
  if (isOther && !isLeft) setIsLeft(true);
  useEffect(
    () =>
      otherTabs.listen((news) => {
        const meaning = judgeNews(news, person);
        if (meaning === "another") setIsLeft(true);
        if (meaning === "over") {
          instanceClients.forgetAll();
          sessionWatch.markOver();
        }
        if (meaning === "back" && sessionWatch.need() !== "none") void takeUpSession(services);
      }),
    [otherTabs, person, instanceClients, sessionWatch, services],
  );
  useEffect(() => {
    if (!isLeft) return;
    instanceClients.forgetAll();
    openDocument("/");
  }, [isLeft, instanceClients, openDocument]);
  return isLeft;
}
