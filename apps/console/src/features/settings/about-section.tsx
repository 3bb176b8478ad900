/** Versions of what runs here: the first thing that a report of a fault needs. */
import { CONTRACT_VERSION, SERVER_VERSION } from "@agentos/contract";
import { CodeBlock } from "../../components/code-block.tsx";
import { Section } from "../../components/page-header.tsx";
import { useConnectedInstances } from "../../lib/instances.ts";
import { clip } from "../../lib/words.ts";

export function AboutSection() {
  const connected = useConnectedInstances();
  const rows = [
    { name: "Console and control plane", value: SERVER_VERSION },
    { name: "Contract", value: CONTRACT_VERSION },
    { name: "Address", value: window.location.origin },
    ...connected.map(({ name, version, is_ours: isOurs }) => ({
      name: clip(name, 60),
      value: `${version === null ? "version not known" : clip(version, 40)}${isOurs === true ? ", AgentOS for TypeScript" : ""}`,
    })),
  ];
  return (
    <Section
      title="About"
      isGroup
      description="Versions of what runs here, to be sent along with a report of a fault."
    >
      <CodeBlock
        label="For a report"
        code={[...rows.map(({ name, value }) => `${name}: ${value}`), `Browser: ${navigator.userAgent}`].join(
          "\n",
        )}
      />
    </Section>
  );
}
