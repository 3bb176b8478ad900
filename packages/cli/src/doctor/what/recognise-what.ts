/** The one argument of the doctor, recognised by its form: an address, a curl line, an answer, a denial id, a token. */
import { classifyCredential, findScheme, isErrorCode } from "@agentos/auth";
import { readReference } from "../../input/read-reference.ts";
import type { Context } from "../../program/context.ts";
import { CliFailure } from "../../program/failure.ts";
import { AUTHORIZATION_HEADER, stripLocation, trimEdges } from "../credential-location.ts";
import { type CurlLine, readCurl } from "./read-curl.ts";
import {
  type PastedAnswer,
  readPastedAnswer,
  readPastedSentence,
  readVerbose,
} from "./read-pasted-answer.ts";

/** What it is. */
export type What =
  | { readonly kind: "url"; readonly url: string }
  | { readonly kind: "curl"; readonly curl: CurlLine }
  | { readonly kind: "answer"; readonly answer: PastedAnswer }
  | { readonly kind: "denial"; readonly id: string }
  | { readonly kind: "token"; readonly token: string };

const HOST = String.raw`(?:localhost|[a-z0-9-]+(?:\.[a-z0-9-]+)*|\[[0-9a-f:.]+\])`;
/** Without a scheme it is an address only where nothing else looks like this: a name with dots may be a key. */
const ADDRESS = new RegExp(
  String.raw`^(?:localhost(?:[:/]\S*)?|${HOST}:\d{1,5}(?:/\S*)?|\d{1,3}(?:\.\d{1,3}){3}(?:/\S*)?)$`,
  "i",
);

/** Recognises it; `-`, `env:NAME` and `file:PATH` are read first. Throws {@link CliFailure}. */
export async function recogniseWhat(reference: string, context: Context): Promise<What> {
  const { text } = await readReference(reference, context, { what: "text", bare: "value" });
  const given = readVerbose(text).trim();
  if (given === "") throw new CliFailure("the text that was given is empty", { fix: SUGGESTION });
  if (/^(?:\$\s+)?curl(?:\s|$)/.test(given)) return { kind: "curl", curl: readCurl(given) };
  if (/^\{|^HTTP\/\d/.test(given)) {
    const answer = readPastedAnswer(given);
    if (answer !== undefined) return { kind: "answer", answer };
    throw new CliFailure('the text has the form of an answer, without a "detail" or "code" that says why', {
      fix: "copy the body of the answer from its first { to its last }",
    });
  }
  if (/^den_[\w-]{1,64}$/.test(given)) return { kind: "denial", id: given };
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(given) || (ADDRESS.test(given) && classifyCredential(given) !== "jwt"))
    return { kind: "url", url: given };
  // Before any scheme: "Token has expired" begins with one.
  const sentence = /\s/.test(given) ? readPastedSentence(given) : undefined;
  if (sentence !== undefined) return { kind: "answer", answer: sentence };
  if (isErrorCode(given.toUpperCase())) {
    throw new CliFailure("the text is an error code", {
      fix: `\`${context.cli} errors ${given.toUpperCase()}\` explains it; the body of the answer says more`,
    });
  }
  if (/^:?\d{1,5}$/.test(given)) {
    throw new CliFailure("the text may be a port", {
      fix: `write localhost:${given.replace(":", "")}; give a key with --token`,
    });
  }
  const token = stripLocation(text, AUTHORIZATION_HEADER);
  const isHeader = token !== trimEdges(text) || /^Bearer\b/i.test(token) || findScheme(token) !== undefined;
  if (isHeader || classifyCredential(token) === "jwt") return { kind: "token", token };
  if (/\s/.test(given))
    throw new CliFailure("the text is no sentence that an AgentOS refuses with", { fix: SUGGESTION });
  // Asking for a name tells it to others: a secret with dots in it must not be looked up.
  if (/^[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:\/\S*)?$/i.test(given)) {
    throw new CliFailure("the text may be an address or a security key", {
      fix: "write https:// before an address; give a key with --token",
    });
  }
  return { kind: "token", token };
}

const SUGGESTION =
  "give an address, a curl line in quotes, the body of an answer, a denial id, or a token; - reads it from standard input";
