/** What a run is given, as the form that every AgentOS reads: a Python one takes no JSON here. */
import type { ROUTES, RouteBody } from "@agentos/contract";

type Routes = typeof ROUTES;

/** How it is answered is said by the method, not by a field. */
type Mode = "stream" | "background" | "stream_events";

/** What the user says, and what goes with it; the names are those of the wire. */
export type RunInput = Omit<RouteBody<Routes["agents.run"]>, Mode> & {
  /** Uploads: images, sound, film, documents. A `File` keeps its name. */
  readonly files?: readonly Blob[] | undefined;
};

/** Decisions about what a paused run waits for, or where a completed one is continued. */
export type ContinueInput = Omit<RouteBody<Routes["agents.continueRun"]>, Mode> & {
  /** A team's decisions, where `tools` are an agent's. */
  readonly requirements?: readonly Readonly<Record<string, unknown>>[] | undefined;
  /** A workflow's decisions. */
  readonly step_requirements?: readonly Readonly<Record<string, unknown>>[] | undefined;
};

/** Fields without a value are left out; what is no text is written as JSON. */
export function writeForm(fields: Readonly<Record<string, unknown>>): URLSearchParams | FormData {
  const { files, ...rest } = fields;
  const pairs = Object.entries(rest).flatMap(([name, value]): [string, string][] =>
    value === undefined || value === null
      ? []
      : [[name, typeof value === "string" ? value : JSON.stringify(value)]],
  );
  if (!Array.isArray(files) || files.length === 0) return new URLSearchParams(pairs);
  const form = new FormData();
  for (const [name, value] of pairs) form.append(name, value);
  for (const file of files as readonly Blob[]) form.append("files", file);
  return form;
}
