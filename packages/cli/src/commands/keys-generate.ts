/** `agentos keys generate`: a new key pair, or a shared secret, in files. The private half is never printed unless asked for. */
import { dirname, resolve } from "node:path";
import { parseVerificationKey } from "@agentos/auth";
import {
  exportPrivatePem,
  exportPublicJwks,
  exportPublicPem,
  exportSecret,
  generateSigningKey,
  importSigningKey,
  type SigningKeyPair,
} from "@agentos/auth/mint";
import type { Command } from "commander";
import {
  createFile,
  isFolderOpenToAll,
  isOwnedByUs,
  isTaken,
  type PreparedFile,
  prepareFile,
} from "../files/write-file.ts";
import { makeEnvLine } from "../keys/env-line.ts";
import type { Context } from "../program/context.ts";
import { ExitCode } from "../program/exit-codes.ts";
import { CliFailure, systemCode } from "../program/failure.ts";
import { showUntrusted } from "../program/terminal.ts";
import { formatJson } from "../text/format-json.ts";
import { readAlgorithm } from "../token/signing-input.ts";

interface Options {
  readonly algorithm: string;
  readonly out: string;
  readonly kid?: string;
  readonly force?: true;
  readonly printPrivate?: true;
}

export function addKeysGenerate(parent: Command, context: Context): void {
  parent
    .command("generate")
    .description("make a key pair (or, with HS256, HS384, HS512, a shared secret)")
    .option("--algorithm <name>", "RS256, ES256, EdDSA, HS256 and their relatives", "RS256")
    .option(
      "--out <prefix>",
      "files are PREFIX-private.pem, PREFIX-public.pem, PREFIX-jwks.json, or PREFIX-secret.txt",
      "agentos",
    )
    .option("--kid <id>", "key id (default: the RFC 7638 thumbprint)")
    .option("--force", "replace files that exist; tokens of the old key then stop working")
    .option("--print-private", "print the private key or secret to standard output instead of writing files")
    .action(async (options: Options) => {
      context.finish(await generate(options, context));
    });
}

async function generate(options: Options, context: Context): Promise<ExitCode> {
  const algorithm = readAlgorithm(options.algorithm);
  const key = await generateSigningKey({
    algorithm,
    ...(options.kid === undefined ? {} : { kid: options.kid }),
  });
  const secret = key.publicJwk === undefined ? await exportSecret(key) : await exportPrivatePem(key);
  if (options.printPrivate) {
    context.terminal.print(secret.trimEnd());
    return ExitCode.ok;
  }
  if (key.publicJwk === undefined) await saveSecret(secret, algorithm, options, context);
  else await savePair(key, secret, options, context);
  return ExitCode.ok;
}

async function saveSecret(
  secret: string,
  algorithm: string,
  options: Options,
  context: Context,
): Promise<void> {
  const file = `${options.out}-secret.txt`;
  await save([{ file, content: `${secret}\n`, mode: 0o600 }], options, context);
  const { print, paint } = context.terminal;
  print(`secret   ${showUntrusted(file)}  ${paint("dim", "(only you can read it; both sides need it)")}`);
  print();
  print(paint("bold", "Give it to the server"));
  print(`export JWT_VERIFICATION_KEY="$(cat ${quote(file)})"`);
  print(
    `and set "algorithm": "${algorithm}" in its configuration; without that a shared secret is not accepted.`,
  );
  print();
  printSignLine(file, algorithm, context);
}

function printSignLine(file: string, algorithm: string | undefined, { cli, terminal }: Context): void {
  const option = algorithm === undefined ? "" : ` --algorithm ${algorithm}`;
  terminal.print(terminal.paint("bold", "Sign a token"));
  terminal.print(
    `${cli} token mint --key ${quote(file)}${option} --aud AGENTOS_ID --sub USER_ID --scopes "agents:read agents:run"`,
  );
}

async function savePair(
  key: SigningKeyPair,
  privatePem: string,
  options: Options,
  context: Context,
): Promise<void> {
  const publicPem = await exportPublicPem(key);
  const names = {
    private: `${options.out}-private.pem`,
    public: `${options.out}-public.pem`,
    set: `${options.out}-jwks.json`,
  };
  await save(
    [
      { file: names.private, content: privatePem, mode: 0o600 },
      { file: names.public, content: publicPem, mode: 0o644 },
      { file: names.set, content: `${formatJson(exportPublicJwks([key]))}\n`, mode: 0o644 },
    ],
    options,
    context,
  );
  const { keys } = await parseVerificationKey(publicPem, {
    source: names.public,
    index: 0,
    algorithm: key.algorithm,
  });
  const [parsed] = keys;
  const line = parsed === undefined ? undefined : await makeEnvLine(publicPem, parsed);
  if (parsed === undefined || line === undefined)
    throw new TypeError("INVARIANT: a key made here can be read here");
  // What a PEM is taken for where nobody says more, here and on the server.
  const plain = await importSigningKey(privatePem);
  const unsaid = plain.ok && plain.value.algorithm === key.algorithm ? undefined : key.algorithm;
  const { print, paint } = context.terminal;
  print(
    `private  ${showUntrusted(names.private)}  ${paint("dim", "(only you can read it; it signs tokens)")}`,
  );
  print(`public   ${showUntrusted(names.public)}  ${paint("dim", `(${parsed.label})`)}`);
  const kid = showUntrusted(key.kid ?? "none");
  print(`key set  ${showUntrusted(names.set)}  ${paint("dim", `(for JWT_JWKS_FILE; kid ${kid})`)}`);
  print();
  print(publicPem.trimEnd());
  print();
  print(paint("bold", "Give the public key to the server, in one of two ways"));
  print(line);
  if (unsaid !== undefined)
    print(
      paint(
        "dim",
        `# PEM does not say ${unsaid}: set "algorithm": "${unsaid}" in the server's configuration too`,
      ),
    );
  print(`JWT_JWKS_FILE=${quote(resolve(context.workingDirectory, names.set))}`);
  if (unsaid !== undefined) print(paint("dim", "# the key set says it; nothing else is needed with it"));
  print();
  printSignLine(names.private, unsaid, context);
}

interface OutputFile {
  readonly file: string;
  readonly content: string;
  readonly mode: number;
}

/** All of them, or none where one exists already. */
async function save(files: readonly OutputFile[], options: Options, context: Context): Promise<void> {
  const targets = files.map(({ file, ...rest }) => ({
    file,
    ...rest,
    path: resolve(context.workingDirectory, file),
  }));
  await (options.force ? replaceAll(targets) : createAll(targets));
  await warnOfOpenFolder(targets, context);
}

type Target = OutputFile & { readonly path: string };

async function createAll(targets: readonly Target[]): Promise<void> {
  for (const { file, path } of targets) if (await isTaken(path)) throw createTakenFailure(file);
  for (const { file, ...target } of targets)
    if (!(await explainFailure(file, createFile(target)))) throw createTakenFailure(file);
}

/** The old pair stays whole until the new one is: a private key that is gone cannot be had again. */
async function replaceAll(targets: readonly Target[]): Promise<void> {
  const prepared: { readonly file: string; readonly ready: PreparedFile }[] = [];
  try {
    for (const { file, ...target } of targets)
      prepared.push({ file, ready: await explainFailure(file, prepareFile(target)) });
  } catch (error) {
    for (const { ready } of prepared) await ready.discard();
    throw error;
  }
  for (const { file, ready } of prepared) await explainFailure(file, ready.replace());
}

async function explainFailure<Value>(file: string, work: Promise<Value>): Promise<Value> {
  return work.catch((cause: unknown) => {
    const code = systemCode(cause);
    throw code === "EISDIR" || code === "ENOTEMPTY"
      ? new CliFailure(`"${file}" is a folder`, { fix: "choose another --out", cause })
      : new CliFailure(`the file "${file}" cannot be written (${code ?? "unknown error"})`, {
          fix: "choose an --out in a folder that exists and that you may write to",
          cause,
        });
  });
}

function createTakenFailure(file: string): CliFailure {
  return new CliFailure(`the file "${file}" exists already`, {
    fix: "choose another --out, or replace it with --force; tokens of the old key then stop working",
  });
}

/** The files are safe from reading; but whoever puts a key of his own in their place signs what is trusted. */
async function warnOfOpenFolder(
  targets: readonly { readonly path: string }[],
  { terminal }: Context,
): Promise<void> {
  const [first] = targets;
  if (first === undefined) return;
  const folder = dirname(first.path);
  const isOpen = await isFolderOpenToAll(folder);
  if (!isOpen && (await isOwnedByUs(folder))) return;
  const [who, why] = isOpen
    ? ["everybody on this machine", "everybody may write to their folder"]
    : ["another user", "their folder belongs to that user"];
  terminal.note(
    `${terminal.paintNote("yellow", "warning:")} ${who} can replace these files, since ${why}; move them into a folder of your own`,
  );
}

/** For a shell, only where it is needed. */
function quote(name: string): string {
  const text = showUntrusted(name);
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
