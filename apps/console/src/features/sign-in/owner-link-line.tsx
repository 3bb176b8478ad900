/** The way in for who has no password: a link that the machine prints. */
import { CodeBlock } from "../../components/code-block.tsx";

/** Where it is by itself, on its own machine. */
const DEFAULT_ORIGIN = "http://127.0.0.1:7778";

export function OwnerLinkLine() {
  const { origin } = globalThis.location;
  return (
    <CodeBlock
      label="In its folder, on its machine"
      code={`npx --no agentos control-plane owner-link${origin === DEFAULT_ORIGIN ? "" : ` --url ${origin}`}`}
      isShell
    />
  );
}
