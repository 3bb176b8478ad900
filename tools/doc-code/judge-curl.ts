// Documented curl lines: each asks for a route that exists.
import { judgeRequest, type OwnRoute } from "./routes.ts";

/** Options of curl with a value, as far as our pages use them. */
const WITH_VALUE: Readonly<Record<string, "method" | "body" | "url" | "other">> = {
  "-X": "method",
  "--request": "method",
  "-d": "body",
  "--data": "body",
  "--data-raw": "body",
  "--data-binary": "body",
  "--data-urlencode": "body",
  "--json": "body",
  "-F": "body",
  "--form": "body",
  "--url": "url",
  "-H": "other",
  "--header": "other",
  "-b": "other",
  "--cookie": "other",
  "-u": "other",
  "--user": "other",
  "-o": "other",
  "--output": "other",
  "-w": "other",
  "--write-out": "other",
  "-m": "other",
  "--max-time": "other",
};
const FLAGS = new Set(
  "-s --silent -S --show-error -i --include -v --verbose -f --fail --fail-with-body -L -N".split(" "),
);

/** What is wrong with the words behind `curl`. */
export function judgeCurl(words: readonly string[], own: readonly OwnRoute[]): readonly string[] {
  const faults: string[] = [];
  const urls: string[] = [];
  let method: string | undefined;
  let hasBody = false;
  const rest = words.flatMap(splitOption);
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (!word.startsWith("-")) urls.push(word);
    else if (word === "-I" || word === "--head") method = "HEAD";
    else if (Object.hasOwn(WITH_VALUE, word)) {
      const value = rest.shift();
      if (value === undefined) faults.push(`curl: ${word} has no value`);
      else if (WITH_VALUE[word] === "method") method = value;
      else if (WITH_VALUE[word] === "url") urls.push(value);
      else if (WITH_VALUE[word] === "body") hasBody = true;
    } else if (!FLAGS.has(word)) faults.push(`curl: ${word} is no option that this check knows`);
  }
  if (urls.length === 0) faults.push("curl: it asks for no URL");
  const used = method ?? (hasBody ? "POST" : "GET");
  return [...faults, ...urls.flatMap((url) => judgeRequest(used, url, own) ?? [])];
}

/** `-si` is `-s -i`, `-XPOST` is `-X POST`, `--url=x` is `--url x`. */
function splitOption(word: string): readonly string[] {
  if (/^--\w[\w-]*=/.test(word)) return [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)];
  if (!/^-\w./.test(word)) return [word];
  const first = word.slice(0, 2);
  if (Object.hasOwn(WITH_VALUE, first)) return [first, word.slice(2)];
  return [first, ...splitOption(`-${word.slice(2)}`)];
}
