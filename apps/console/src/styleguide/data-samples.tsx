import { Link } from "@tanstack/react-router";
import { Badge } from "../components/badge.tsx";
import { CodeBlock } from "../components/code-block.tsx";
import { CopyableId } from "../components/copyable-id.tsx";
import { KeyValueList } from "../components/key-value-list.tsx";
import { Section } from "../components/page-header.tsx";
import { RelativeTime } from "../components/relative-time.tsx";
import { Status } from "../components/status.tsx";
import { type Column, rowLinkClasses, Table } from "../components/table.tsx";
import { Timeline } from "../components/timeline.tsx";

interface Row {
  readonly id: string;
  readonly name: string;
  readonly endpoint: string;
  readonly isUp: boolean;
  readonly agoSeconds: number;
}

const NOW = Date.now() / 1000;

const ROWS: readonly Row[] = [
  { id: "a", name: "Production", endpoint: "https://agents.example.com", isUp: true, agoSeconds: 40 },
  { id: "b", name: "Staging", endpoint: "https://staging.example.com/os", isUp: false, agoSeconds: 7_300 },
  { id: "c", name: "My laptop", endpoint: "http://localhost:7777", isUp: true, agoSeconds: 200_000 },
];
const COLUMNS: readonly Column<Row>[] = [
  {
    id: "name",
    title: "Name",
    render: ({ name }) => (
      <Link to="/" data-row-link className={rowLinkClasses}>
        {name}
      </Link>
    ),
  },
  {
    id: "state",
    title: "State",
    render: ({ isUp }) => <Status tone={isUp ? "ok" : "danger"} word={isUp ? "Connected" : "Unreachable"} />,
  },
  {
    id: "endpoint",
    title: "Endpoint",
    isMinor: true,
    render: ({ endpoint }) => <code className="font-mono text-xs text-ink-soft">{endpoint}</code>,
  },
  { id: "version", title: "Version", isMinor: true, render: () => <Badge>2.9.0</Badge> },
  {
    id: "seen",
    title: "Last seen",
    align: "end",
    render: ({ agoSeconds }) => (
      <span className="relative z-1 text-ink-soft">
        <RelativeTime seconds={NOW - agoSeconds} />
      </span>
    ),
  },
];

export function DataSamples() {
  return (
    <Section title="Data">
      <Table label="Instances" columns={COLUMNS} rows={ROWS} keyOf={({ id }) => id} />
      <div className="grid gap-8 sm:grid-cols-2">
        <KeyValueList
          items={[
            {
              name: "Denial id",
              value: <CopyableId id="018f6b0a-5c3e-7d21-9b1e-2f4a6c8e0d13" maxLength={20} />,
            },
            {
              name: "Route",
              value: <code className="font-mono text-xs">POST /agents/support-bot/runs</code>,
            },
            { name: "Expected", value: <Badge isCode>agents:support-bot:run</Badge> },
            { name: "First seen", value: <RelativeTime seconds={NOW - 4_000} /> },
          ]}
        />
        <Timeline
          label="Checks"
          steps={[
            { id: "1", title: "Credential", state: "passed" },
            { id: "2", title: "Signature", state: "passed", detail: "by key kid-2" },
            { id: "3", title: "Scopes", state: "failed", detail: "agents:support-bot:run is missing" },
            { id: "4", title: "Isolation", state: "skipped" },
          ]}
        />
      </div>
      <CodeBlock label="The token alone" code={"eyJhbGciOiJSUzI1NiJ9.".repeat(20)} isOneLine />
      <CodeBlock
        label="Lines for a shell"
        isShell
        code={
          '# on the instance\nunset OS_SECURITY_KEY\nexport JWT_VERIFICATION_KEY="MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAu1SU1LfVLPHCozMxH2Mo4lgOEePzNm0tRgeLezV6ffAt0gunVTLw7onLRnrq0"'
        }
      />
      <CodeBlock
        label="Answer"
        code={'{\n  "detail": "Insufficient permissions",\n  "code": "SCOPE_MISSING"\n}'}
      />
    </Section>
  );
}
