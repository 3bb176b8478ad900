/** `agentos doctor`: why requests are refused, and what to do. The machinery is loaded only when this command runs. */
import type { Command } from "commander";
import type { DoctorOptions } from "../doctor/run-doctor.ts";
import { collect } from "../input/collect.ts";
import type { Context } from "../program/context.ts";

export function addDoctor(parent: Command, context: Context): void {
  parent
    .command("doctor")
    .description("say why requests are refused, how sure that is, and what to do")
    .argument(
      "[what]",
      "an address, a curl line, the body of an answer, a denial id or a token, recognised by its form; or -, env:NAME, file:PATH",
    )
    .option("--url <url>", "a running AgentOS, this one or the Python one; give two to compare", collect)
    .option("-c, --config <file>", "a configuration file; give two to compare", collect)
    .option("--token <token>", "the credential that is refused: the value, -, env:NAME or file:PATH")
    .option("--header <name>", "header in which the server at --url reads the token (default: Authorization)")
    .option("--cookie <name>", "cookie in which the server at --url reads the token, in place of a header")
    .option("--route <route>", 'the request, such as "GET /agents"; may be repeated', collect)
    .option("--denial <id>", 'the "denial_id" of a refusal, asked for at --url with --token')
    .option(
      "--key <key>",
      "also verify the token with this public key or secret: FILE, file:PATH, env:NAME or -",
    )
    .option("--jwks-file <path>", "also verify the token with the keys of this file")
    .option("--algorithm <name>", "algorithm of --key; needed with a shared secret")
    .option(
      "--insecure-http",
      "send the token over http to another machine too; everybody on the way can read it",
    )
    .option("--json", "print JSON")
    .addHelpText("after", createHelp(context.cli))
    .action(async (what: string | undefined, options: DoctorOptions) => {
      const { runDoctor } = await import("../doctor/run-doctor.ts");
      context.finish(await runDoctor(what, options, context));
    });
}

const createHelp = (cli: string) => `
Without an address, an answer and --config the environment of this shell is examined (OS_SECURITY_KEY,
JWT_VERIFICATION_KEY, JWT_JWKS_FILE, AUTHORIZATION_ENABLED). The token is sent to the given address only, redirects are
not followed, and only GET requests are made; another --route is judged from the token, and never called accepted. An
address without a scheme is https, on this machine http. A curl line is read and never run, and
no variable is read for it; --token takes the place of its credential. --header and --cookie are
for an address: a configuration says itself where it reads the token.

  ${cli} doctor localhost:7777 --token env:TOKEN
  ${cli} doctor 'curl -X POST http://localhost:7777/agents/web/runs -H "Authorization: Bearer $TOKEN"' --token env:TOKEN
  ${cli} doctor - < answer.json                         the body of a 401 or 403, from a file
  ${cli} doctor den_1 --url localhost:7777 --token env:TOKEN
  ${cli} doctor --config agentos.json --token - --route "POST /agents/web/runs"
  ${cli} doctor --url http://localhost:7777 --token - --cookie access_token
  ${cli} doctor --url https://a.example.com --url https://b.example.com --token env:TOKEN

Exit status: 0 a GET with the token was let in (a configuration without a token: it starts), 1 nothing there answers
for an AgentOS (or two places differ), 2 denied, 3 invalid configuration, 4 cannot tell.
`;
