/** The way in for who has no password: a link that the machine prints. */
import { CodeBlock } from "../../components/code-block.tsx";

export function OwnerLinkLine() {
  return (
    <CodeBlock
      label="In its folder, on its machine"
      code="npx --no agentos control-plane owner-link"
      isShell
    />
  );
}
