import { MessagesSquare } from "lucide-react";
import { EmptyState } from "../../components/empty-state.tsx";
import { PageHeader } from "../../components/page-header.tsx";

export function ChatPage() {
  return (
    <>
      <PageHeader title="Chat" description="Messages, tool calls and confirmations, as they happen." />
      <EmptyState icon={<MessagesSquare />} title="Talk to an agent">
        Choose an agent, write a message, and its answer streams in here: text, tool calls as they run, and
        the question when a tool waits for your word.
      </EmptyState>
    </>
  );
}
