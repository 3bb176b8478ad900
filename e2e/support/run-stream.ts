/** The frames of a stream with their indices, as a client on another machine gets them, and what it has heard so far. */

export interface RunFrame {
  /** The name on the line `event:`. */
  readonly event: string;
  /** `event_index`; a frame that speaks about the stream itself has none. */
  readonly index: number | undefined;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface RunStream {
  readonly status: number;
  /** Grows as they arrive. */
  readonly frames: readonly RunFrame[];
  /** Resolves with what fits, or with undefined where the stream ends without it. */
  find(fits: (frame: RunFrame) => boolean): Promise<RunFrame | undefined>;
  /** Resolves at its end: it was finished by the server, or cut. */
  readonly end: Promise<"finished" | "cut">;
  /** Goes away, as a closed tab does. */
  leave(): void;
}

/** Reads on by itself until it ends. */
export async function openRunStream(url: string, init: RequestInit): Promise<RunStream> {
  const leaving = new AbortController();
  const response = await fetch(url, { ...init, signal: leaving.signal });
  const frames: RunFrame[] = [];
  const waiting = new Set<() => void>();
  const tell = () => {
    for (const look of waiting) look();
  };
  let isOver = false;
  const end = readAll(response, (frame) => {
    frames.push(frame);
    tell();
  }).finally(() => {
    isOver = true;
    tell();
  });
  return {
    status: response.status,
    frames,
    end,
    leave: () => leaving.abort(),
    find: (fits) =>
      new Promise((resolve) => {
        let seen = 0;
        const look = () => {
          const found = frames.slice(seen).find(fits);
          seen = frames.length;
          if (found === undefined && !isOver) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
}

async function readAll(response: Response, take: (frame: RunFrame) => void): Promise<"finished" | "cut"> {
  let buffered = "";
  try {
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      buffered += chunk;
      for (let at = buffered.indexOf("\n\n"); at !== -1; at = buffered.indexOf("\n\n")) {
        const frame = parseFrame(buffered.slice(0, at));
        if (frame !== undefined) take(frame);
        buffered = buffered.slice(at + 2);
      }
    }
    return "finished";
  } catch {
    return "cut";
  }
}

/** A comment is none. */
function parseFrame(text: string): RunFrame | undefined {
  const [, event, json] = /^event: (\S+)\ndata: (.*)$/.exec(text) ?? [];
  if (event === undefined || json === undefined) return undefined;
  const data = JSON.parse(json) as Readonly<Record<string, unknown>>;
  const index = data["event_index"];
  return { event, index: typeof index === "number" ? index : undefined, data };
}

/** Frames of the run itself. */
export const eventsOf = (frames: readonly RunFrame[]): readonly RunFrame[] =>
  frames.filter(({ index }) => index !== undefined);
