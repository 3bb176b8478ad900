/** A model that says what it has been told in the conversation: with it one sees that a conversation goes on. */
import { offlineEcho } from "@agentos/server";

type Model = ReturnType<typeof offlineEcho>;
type Call = Parameters<Model["doStream"]>[0];

export function createRecallModel(): Model {
  const echo = offlineEcho();
  return {
    ...echo,
    modelId: "recall",
    doStream: (call) => echo.doStream(withSummary(call)),
    doGenerate: (call) => echo.doGenerate(withSummary(call)),
  };
}

/** What the echo is told to say. */
function withSummary(call: Call): Call {
  const said = call.prompt.flatMap((message) =>
    message.role === "user"
      ? [message.content.map((part) => (part.type === "text" ? part.text : "")).join("")]
      : [],
  );
  const earlier = said.slice(0, -1).map((text) => `"${text}"`);
  const text =
    earlier.length === 0
      ? "This is the first that you say here. Say more, also after a new start of the server."
      : `Before this you said: ${earlier.join(", ")}.`;
  return { ...call, prompt: [{ role: "user", content: [{ type: "text", text }] }] };
}
