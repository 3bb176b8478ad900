/** The address of an AgentOS as people write it, made into one to put a path behind. */
import { CliFailure } from "../program/failure.ts";

/** `localhost:7777`, `https://host/prefix/`, or the URL of one of its pages. */
export function readBase(text: string): string {
  const written = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(written)) throw unusable("is no URL");
  const url = new URL(written);
  if (url.protocol !== "http:" && url.protocol !== "https:") throw unusable("is neither http nor https");
  // It would be printed, and sent with every request.
  if (url.username !== "" || url.password !== "") throw unusable("holds a user name or password");
  const path = url.pathname.replace(/\/+$/, "").replace(/\/(?:info|health|config|docs|agents)$/, "");
  return `${url.origin}${path}`;
}

function unusable(problem: string): CliFailure {
  return new CliFailure(`the address given with "--url" ${problem}`, {
    fix: "give the address of the AgentOS, such as http://localhost:7777",
  });
}
