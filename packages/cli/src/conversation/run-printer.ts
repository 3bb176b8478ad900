/** Prints a run as it happens: its answer to standard output, everything about it to standard error. */
import type { StreamedEvent } from "@agentos/client";
import type { Terminal } from "../program/terminal.ts";
import { showUntrusted, showUntrustedLines } from "../program/terminal.ts";
import { formatJson } from "../text/format-json.ts";

/** What a person has to see of a call; more is in the session. */
const MAX_SHOWN = 200;

export interface RunPrinter {
  /** Shows what an event says. */
  show(event: StreamedEvent): void;
  /** Ends the line that the answer stands on. */
  finish(): void;
}

/** One JSON object for each event, on a line of its own. */
export function createJsonPrinter({ print }: Terminal): RunPrinter {
  return { show: (event) => print(formatJson(event, { isOneLine: true })), finish: () => undefined };
}

export function createTextPrinter({ printPart, note, paintNote }: Terminal): RunPrinter {
  let isLineOpen = false;
  let hasAnswer = false;
  /** Half of a character that two events share. */
  let rest = "";

  function write(text: string): void {
    const whole = rest + text;
    const isCut = /[\uD800-\uDBFF]$/.test(whole);
    rest = isCut ? whole.slice(-1) : "";
    const shown = isCut ? whole.slice(0, -1) : whole;
    if (shown === "") return;
    printPart(showUntrustedLines(shown));
    isLineOpen = !shown.endsWith("\n");
    hasAnswer = true;
  }

  function finish(): void {
    if (isLineOpen) printPart("\n");
    isLineOpen = false;
  }

  function tell(text: string): void {
    finish();
    note(paintNote("dim", text));
  }

  return {
    finish,
    show(event) {
      const { content, tool } = event as Readonly<Record<string, unknown>>;
      // A team's events have the same names behind a prefix.
      switch (event.event.replace(/^Team/, "")) {
        case "RunContent":
          if (typeof content === "string") write(content);
          return;
        case "RunCompleted":
          // Whoever sent no pieces has sent it whole.
          if (!hasAnswer && typeof content === "string") write(content);
          finish();
          return;
        case "ToolCallStarted":
          tell(`→ ${describeCall(tool)}`);
          return;
        // Of a failed call too, where it says so; `ToolCallError` says the same once more.
        case "ToolCallCompleted":
          tell(`← ${describeResult(tool)}`);
          return;
        default:
      }
    },
  };
}

/** `refund_order {"order_id":"A-1001"}` */
export function describeCall(tool: unknown): string {
  const { tool_name: name, tool_args: args } = toRecord(tool);
  return `${typeof name === "string" ? cut(showUntrusted(name)) : "a tool"} ${cut(formatJson(args ?? {}, { isOneLine: true }))}`;
}

/** The same with all that it would be called with: nobody says yes to what they do not see. */
export function describeWholeCall(tool: unknown): string {
  const { tool_name: name, tool_args: args } = toRecord(tool);
  const shown = typeof name === "string" ? showUntrusted(name) : "a tool";
  return `${shown} ${formatJson(args ?? {}, { isOneLine: true })}`;
}

function describeResult(tool: unknown): string {
  const { tool_name: name, result, tool_call_error: isError } = toRecord(tool);
  const shown = typeof result === "string" ? cut(showUntrusted(result)) : "no result";
  return `${typeof name === "string" ? cut(showUntrusted(name)) : "a tool"}${isError === true ? " failed" : ""}: ${shown}`;
}

function toRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function cut(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
