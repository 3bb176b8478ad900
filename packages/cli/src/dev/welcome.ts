/** What `agentos dev` prints: policy, tokens, and three lines to try, each of which works alone in a fresh shell. */
import { formatPolicy, type PolicyInForce } from "@agentos/guard";
import { ECHO_AGENT_ID } from "../demo/demo-agents.ts";
import { showUntrustedLines, type Terminal } from "../program/terminal.ts";
import { formatMoment } from "../text/duration.ts";
import type { DemoToken } from "./demo-tokens.ts";
import { showDevFile } from "./dev-folder.ts";
import type { DevSwitches } from "./dev-policy.ts";

const KEY_FILE = showDevFile("securityKey");

export interface Welcome {
  readonly url: string;
  readonly policy: PolicyInForce;
  readonly switches: DevSwitches;
  readonly tokens: readonly DemoToken[];
  readonly isKeyNew: boolean;
  /** What answers as the assistant. */
  readonly modelNote: string;
  /** Variables that are set and not used. */
  readonly ignoredVariables: readonly string[];
  readonly cli: string;
  /** Signs the owner in; undefined without a control plane. */
  readonly link: { readonly url: string; readonly expiresAt: number } | undefined;
  /** Seconds since 1970. */
  readonly now: number;
}

export function printWelcome(welcome: Welcome, { print, paint }: Terminal): void {
  const heading = (text: string) => print(paint("bold", text));
  print(showUntrustedLines(formatPolicy(welcome.policy)));
  print(
    `  ${"key pair".padEnd(11)}.agentos/dev-private.pem, ${welcome.isKeyNew ? "made now" : "made earlier and used again"}`,
  );
  print(`  ${"assistant".padEnd(11)}${showUntrustedLines(welcome.modelNote)}`);
  if (welcome.ignoredVariables.length > 0) {
    print(
      `  ${paint("yellow", "ignored".padEnd(11))}${welcome.ignoredVariables.join(", ")}: dev has a key and a database of its own; \`${welcome.cli} serve\` reads them`,
    );
  }
  print();
  if (welcome.switches.authorization) {
    heading("Tokens, valid for one hour (a new start prints new ones)");
    for (const { name, scopes, token } of welcome.tokens) {
      print(paint("dim", `# ${name}: ${scopes.join(" ")}`));
      print(`export ${name.toUpperCase()}_TOKEN=${token}`);
    }
    print();
  }
  heading("Try it: each line can be pasted as it is");
  for (const { status, note, line } of createCurlLines(welcome)) {
    print(paint(status === 200 ? "green" : "red", `# ${status} ${note}`));
    print(line);
  }
  print();
  const isKeyAsked = asksForKey(welcome.switches);
  const token = isKeyAsked ? ` --token file:${KEY_FILE}` : "";
  print(
    paint(
      "dim",
      `In another terminal, in this folder: \`${welcome.cli} run ${ECHO_AGENT_ID} "hello"${token}\``,
    ),
  );
  if (welcome.switches.authorization)
    print(
      paint(
        "dim",
        `A token is refused? There \`export TOKEN=…\` with it, then \`${welcome.cli} doctor ${welcome.url} --token env:TOKEN\` says why`,
      ),
    );
  print(
    `AgentOS is ready at ${paint("bold", welcome.url)}  ${paint("dim", `(docs: ${welcome.url}/docs, Ctrl-C stops)`)}`,
  );
  const { link, now } = welcome;
  if (link === undefined) return;
  print(`Sign in as its owner: ${paint("bold", link.url)}`);
  print(
    paint("dim", `  works once, until ${formatMoment(link.expiresAt, now)}; a new start prints a new one`),
  );
}

interface CurlLine {
  readonly status: 200 | 401 | 403;
  readonly note: string;
  readonly line: string;
}

function createCurlLines({ url, tokens, switches }: Welcome): readonly CurlLine[] {
  const tokenOf = (name: DemoToken["name"]) => tokens.find((token) => token.name === name)?.token ?? "";
  const request = `curl -i ${url}/agents/${ECHO_AGENT_ID}/runs -F message=hello -F stream=false`;
  const as = (credential: string) => `${request} -H "Authorization: Bearer ${credential}"`;
  const stranger = { status: 401, note: "no token: the answer says what to send", line: request } as const;
  if (asksForKey(switches))
    return [
      {
        status: 200,
        note: "the security key, read in this folder: the agent answers",
        line: as(`$(cat ${KEY_FILE})`),
      },
      { ...stranger, note: "no security key: the answer says what to send" },
    ];
  if (!switches.authorization)
    return [{ status: 200, note: "nothing is asked for: the agent answers", line: request }];
  return [
    { status: 200, note: "runner may run agents: the agent answers", line: as(tokenOf("runner")) },
    stranger,
    {
      status: 403,
      note: "reader may only read: the answer names the missing scope",
      line: as(tokenOf("reader")),
    },
  ];
}

/** Where tokens are asked for, the security key is not accepted beside them. */
function asksForKey({ authorization, securityKey }: DevSwitches): boolean {
  return securityKey && !authorization;
}
