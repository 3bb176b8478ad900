// A client of streams whose words say when they were said: how long each was on its way, from the runnable to the client.

export interface TimedStream {
  readonly runId: string;
  readonly sessionId: string;
  /** Milliseconds of each word that was said after the stream was asked for. */
  readonly lagsMs: readonly number[];
  readonly isWhole: boolean;
}

export interface StreamRequest {
  readonly path: string;
  readonly token: string;
  readonly form: Readonly<Record<string, string>>;
}

const now = () => performance.timeOrigin + performance.now();

/** Reads to the end. The first of `onStarted` is told as soon as the run has an id. */
export async function readTimedStream(
  url: string,
  { path, token, form }: StreamRequest,
  onStarted: (started: Pick<TimedStream, "runId" | "sessionId">) => void = () => {},
): Promise<TimedStream> {
  const askedAt = now();
  const response = await fetch(`${url}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: new URLSearchParams(form),
  });
  if (response.status !== 200 || response.body === null)
    throw new Error(`no stream: ${response.status} ${await response.text()}`);
  const lagsMs: number[] = [];
  const started = { runId: "", sessionId: "" };
  let isWhole = false;
  let rest = "";
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const heardAt = now();
    const frames = (rest + chunk).split("\n\n");
    rest = frames.pop() ?? "";
    for (const frame of frames) {
      if (started.runId === "") {
        started.runId = /"run_id": ?"([^"]+)"/.exec(frame)?.[1] ?? "";
        started.sessionId = /"session_id":"([^"]+)"/.exec(frame)?.[1] ?? "";
        onStarted(started);
      }
      isWhole ||= frame.startsWith("event: RunCompleted");
      const saidAt = Number(/^event: RunContent\n.*"content":"([\d.]+) "/.exec(frame)?.[1] ?? Number.NaN);
      if (saidAt >= askedAt) lagsMs.push(heardAt - saidAt);
    }
  }
  return { ...started, lagsMs, isWhole };
}
