/**
 * For tests: what the providers' servers say, in their own protocols: OpenAI's responses and chat completions, Anthropic's
 * messages, Google's generateContent. Every answer has the usage that `USAGE` tells.
 */
import type { Answer } from "./provider-server.fixture.ts";

/** What a model does in one request, in the order in which it is said. */
export type Said =
  | { readonly text: readonly string[] }
  | { readonly reasoning: readonly string[]; readonly signature: string }
  | { readonly hidden: string }
  | { readonly call: { readonly id: string; readonly name: string; readonly input: string } };

export type Protocol = (said: readonly Said[]) => Answer;

/** Eleven tokens in, of which four came from the cache; seven out, of which two are reasoning. */
export const USAGE = { input: 11, cacheRead: 4, output: 7, reasoning: 2 };

const event = (data: object): string => `data: ${JSON.stringify(data)}\n\n`;
type NamedEvent = Readonly<Record<string, unknown>> & { readonly type: string };

const namedEvent = (data: NamedEvent): string => `event: ${data.type}\n${event(data)}`;

export const openaiResponses: Protocol = (said) => {
  const head = { id: "resp_1", created_at: 1, model: "m" };
  const events: object[] = [{ type: "response.created", response: head }];
  for (const [output_index, part] of said.entries()) {
    const id = `item_${output_index}`;
    const put = (type: string, rest: object) => events.push({ type, output_index, item_id: id, ...rest });
    if ("text" in part) {
      put("response.output_item.added", { item: { type: "message", id } });
      for (const delta of part.text) put("response.output_text.delta", { content_index: 0, delta });
      put("response.output_item.done", { item: { type: "message", id } });
    } else if ("reasoning" in part) {
      put("response.output_item.added", { item: { type: "reasoning", id, encrypted_content: null } });
      put("response.reasoning_summary_part.added", { summary_index: 0 });
      for (const delta of part.reasoning)
        put("response.reasoning_summary_text.delta", { summary_index: 0, delta });
      put("response.output_item.done", {
        item: { type: "reasoning", id, encrypted_content: part.signature },
      });
    } else if ("call" in part) {
      const { id: call_id, name, input } = part.call;
      const item = { type: "function_call", id, call_id, name };
      put("response.output_item.added", { item: { ...item, arguments: "" } });
      put("response.function_call_arguments.delta", { delta: input });
      put("response.output_item.done", { item: { ...item, arguments: input, status: "completed" } });
    }
  }
  const usage = {
    input_tokens: USAGE.input,
    input_tokens_details: { cached_tokens: USAGE.cacheRead },
    output_tokens: USAGE.output,
    output_tokens_details: { reasoning_tokens: USAGE.reasoning },
  };
  events.push({ type: "response.completed", response: { ...head, incomplete_details: null, usage } });
  return { events: events.map(event) };
};

export const openaiChat: Protocol = (said) => {
  const chunk = (delta: object, finish_reason: string | null = null) =>
    event({
      id: "c1",
      object: "chat.completion.chunk",
      created: 1,
      model: "m",
      choices: [{ index: 0, delta, finish_reason }],
    });
  const events: string[] = [];
  let calls = 0;
  for (const part of said) {
    if ("text" in part) events.push(...part.text.map((content) => chunk({ role: "assistant", content })));
    else if ("reasoning" in part)
      events.push(...part.reasoning.map((text) => chunk({ role: "assistant", reasoning_content: text })));
    else if ("call" in part) {
      const { id, name, input } = part.call;
      const target = { index: calls, id, type: "function", function: { name, arguments: input } };
      events.push(chunk({ role: "assistant", tool_calls: [target] }));
      calls += 1;
    }
  }
  const usage = {
    prompt_tokens: USAGE.input,
    completion_tokens: USAGE.output,
    total_tokens: USAGE.input + USAGE.output,
    prompt_tokens_details: { cached_tokens: USAGE.cacheRead },
    completion_tokens_details: { reasoning_tokens: USAGE.reasoning },
  };
  events.push(chunk({}, calls > 0 ? "tool_calls" : "stop"));
  events.push(
    event({ id: "c1", object: "chat.completion.chunk", created: 1, model: "m", choices: [], usage }),
  );
  return { events: [...events, "data: [DONE]\n\n"] };
};

export const anthropic: Protocol = (said) => {
  const usage = {
    // Anthropic counts what came from its cache beside the rest.
    input_tokens: USAGE.input - USAGE.cacheRead,
    cache_read_input_tokens: USAGE.cacheRead,
    cache_creation_input_tokens: 0,
    output_tokens: 1,
  };
  const message = {
    id: "m1",
    type: "message",
    role: "assistant",
    model: "m",
    content: [],
    stop_reason: null,
    usage,
  };
  const events: NamedEvent[] = [{ type: "message_start", message }];
  for (const [index, part] of said.entries()) {
    const open = (content_block: object) =>
      events.push({ type: "content_block_start", index, content_block });
    const add = (delta: object) => events.push({ type: "content_block_delta", index, delta });
    if ("text" in part) {
      open({ type: "text", text: "" });
      for (const text of part.text) add({ type: "text_delta", text });
    } else if ("reasoning" in part) {
      open({ type: "thinking", thinking: "", signature: "" });
      for (const thinking of part.reasoning) add({ type: "thinking_delta", thinking });
      add({ type: "signature_delta", signature: part.signature });
    } else if ("hidden" in part) {
      open({ type: "redacted_thinking", data: part.hidden });
    } else {
      open({ type: "tool_use", id: part.call.id, name: part.call.name, input: {} });
      add({ type: "input_json_delta", partial_json: part.call.input });
    }
    events.push({ type: "content_block_stop", index });
  }
  const stop_reason = said.some((part) => "call" in part) ? "tool_use" : "end_turn";
  const end = { delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: USAGE.output } };
  events.push({ type: "message_delta", ...end }, { type: "message_stop" });
  return { events: events.map(namedEvent) };
};

/** A signature stands on the part that it signs; a call has the one of the reasoning before it. */
export const google: Protocol = (said) => {
  let signature: string | undefined;
  const events = said.flatMap((part): string[] => {
    const say = (content: object) =>
      event({ candidates: [{ index: 0, content: { role: "model", parts: [content] } }] });
    if ("text" in part) return part.text.map((text) => say({ text }));
    if ("reasoning" in part) {
      signature = part.signature;
      return part.reasoning.map((text) => say({ text, thought: true }));
    }
    if ("hidden" in part) return [];
    const functionCall = { name: part.call.name, args: JSON.parse(part.call.input) as unknown };
    return [say({ functionCall, ...(signature === undefined ? {} : { thoughtSignature: signature }) })];
  });
  const usageMetadata = {
    promptTokenCount: USAGE.input,
    cachedContentTokenCount: USAGE.cacheRead,
    candidatesTokenCount: USAGE.output - USAGE.reasoning,
    thoughtsTokenCount: USAGE.reasoning,
    totalTokenCount: USAGE.input + USAGE.output,
  };
  const end = {
    candidates: [{ index: 0, content: { role: "model", parts: [] }, finishReason: "STOP" }],
    usageMetadata,
  };
  return { events: [...events, event(end)] };
};
