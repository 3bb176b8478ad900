/** Makes the calls of a table: each writes one request and reads its answer, as far as that is what it should be. */
import type { HttpMethod } from "@agentos/contract";
import { isRecord } from "@agentos/contract/text";
import type { AnswerShape, CallOptions } from "./call-types.ts";
import { ConnectionFault } from "./client-errors.ts";
import type { CheckAnswer } from "./client-options.ts";
import { readJson } from "./read-body.ts";
import type { Transport } from "./transport.ts";
import { type CallValues, writePath } from "./write-request.ts";

export interface AnyCallInput extends CallValues {
  readonly body?: unknown;
}

export interface CallerOptions {
  readonly transport: Transport;
  readonly timeoutMs: number;
  /** Longest answer that is read, in bytes. */
  readonly maxBytes: number;
  readonly checkAnswer: CheckAnswer;
}

type Row = readonly [method: HttpMethod, path: string, shape: AnswerShape];
type Rows = Readonly<Record<string, Row>>;
type AnyCall = (input?: AnyCallInput, options?: CallOptions) => Promise<unknown>;

/** A call of one row. */
export function createCall(id: string, [method, template, shape]: Row, options: CallerOptions): AnyCall {
  const { transport, maxBytes, checkAnswer } = options;
  return async ({ parameters, query, body } = {}, { signal, timeoutMs = options.timeoutMs } = {}) =>
    transport.exchange(
      {
        method,
        path: writePath(template, { parameters, query }),
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
        signal,
        timeoutMs,
        // Whoever changes something asks once: nobody knows whether a lost request was done.
        isRepeatable: () => Promise.resolve(method === "GET"),
      },
      async ({ response }) => {
        if (shape === "nothing" || response.status === 204) {
          void response.body?.cancel().catch(() => undefined);
          return undefined;
        }
        const answer = await readJson(response, maxBytes);
        if (!hasShape(answer, shape) || !checkAnswer(id, answer))
          throw new ConnectionFault("not-agentos", `the answer of ${method} ${template} has another shape`);
        return answer;
      },
    );
}

/** The calls by group and action. */
export function createGroups(rows: Rows, options: CallerOptions): Record<string, Record<string, AnyCall>> {
  const groups: Record<string, Record<string, AnyCall>> = {};
  for (const [id, row] of Object.entries(rows)) {
    const [group = "", action = ""] = id.split(".");
    (groups[group] ??= {})[action] = createCall(id, row, options);
  }
  return groups;
}

/** Enough for a program that goes through a list not to fall over; the values within are a stranger's. */
function hasShape(answer: unknown, shape: AnswerShape): boolean {
  switch (shape) {
    case "list":
      return isListOf(answer, isRecord);
    case "texts":
      return isListOf(answer, (entry) => typeof entry === "string");
    case "page":
      return isRecord(answer) && isListOf(answer["data"], isRecord);
    case "object":
      return isRecord(answer);
    default:
      return shape === "nothing";
  }
}

function isListOf(value: unknown, isEntry: (entry: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isEntry);
}
