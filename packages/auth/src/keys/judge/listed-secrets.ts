/**
 * Shared secrets that everybody knows: samples of documentation and tools, framework defaults, and what people
 * type instead of a random value. A list alone is never complete, so values made only of the words that such
 * samples consist of, repetitions and runs count as well.
 */

/** Compared without case, punctuation and spaces; only entries that the rules below do not find. */
const LISTED: ReadonlySet<string> = new Set([
  "qwerty",
  "qwertyuiop",
  "qwertyuiopasdfghjklzxcvbnm",
  "asdfghjkl",
  "letmein",
  "iloveyou",
  "opensesame",
  "keyboardcat",
  "shhhhh",
  "shhhhhhared",
  "shhhhhhh",
  "correcthorsebatterystaple",
  "hunter2",
  "trustno1",
  "foobarbaz",
  "thequickbrownfoxjumpsoverthelazydog",
  "loremipsumdolorsitametconsecteturadipiscingelit",
  "mysupersecretpassword",
  "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7", // FastAPI's tutorial
  "djangoinsecure",
  "symfonyisgreat",
  "thistokenisnotsosecretchangeit",
  "laravel",
  "keycloak",
  "supabase",
  "supersecretjwttokenwithatleast32characterslong",
]);

/** Words that sample secrets are made of. */
const WORDS: ReadonlySet<string> = new Set(
  (
    "a an and any app api agno agent agents agentos admin at auth authentication authorization be bit bits byte bytes c change changed " +
    "changeit changeme changethis char character characters chars ci code cookie default demo dev development do docker env example " +
    "fake first foo bar baz for from generate good hash hello here hmac hs256 hs384 hs512 http https i id in insecure insert is it " +
    "json jwt key keys least length local localhost long longer max me min minimum mock more must my new nice no not of ok one only or " +
    "os our pass passphrase password passwd paste phrase placeholder please prod production put random real replace replaceme rs256 " +
    "safe same sample secret secrets secure security server service session set share shared should sign signing signature so some something " +
    "staging string strong super sure temp test tester testing tests text than that the this to todo token tokens top try ts typescript use used user " +
    "valid value verification verify very web which with without word world x you your yours yoursecret " +
    "0 1 2 3 10 12 16 24 32 48 64 96 100 123 128 192 256 321 384 512 1024 1234 2048 2023 2024 2025 2026 2027 12345 123456 1234567 12345678 123456789 1234567890 0123456789"
  ).split(" "),
);
const LONGEST_WORD = 14;

/** Why the secret is guessable, or `undefined`. The text never repeats the secret. */
export function findSecretWeakness(secret: string): string | undefined {
  const lower = secret.trim().toLowerCase();
  const plain = lower.replace(/[^a-z0-9]/g, "");
  if (/^(?:<.*>|\[.*\]|\{\{.*\}\}|\$\{?[a-z_][a-z0-9_]*\}?|\*+|\.+)$/.test(lower))
    return "it is a placeholder";
  if (/^(?:django-insecure-|change[-_ ]?(?:me|this|it)|replace[-_ ]?(?:me|this|with)|your[-_ ])/.test(lower))
    return "it is a placeholder";
  if (secret.length >= 16 && new Set(secret).size <= 4) return "it has only a few different characters";
  if (isRepetition(lower)) return "it repeats the same characters";
  // In a binary secret the few letters say nothing about the rest.
  if (plain.length < lower.length * 0.6) return undefined;
  if (LISTED.has(plain)) return "it is on a public list of secrets";
  if (isRun(plain)) return "it counts through the alphabet or the digits";
  if (isMadeOfWords(plain)) return "it is made of the words that examples are made of";
  return undefined;
}

/** The whole text is one short unit over and over, such as "secretsecretsecret". */
function isRepetition(text: string): boolean {
  const longest = Math.min(16, Math.floor(text.length / 2));
  for (let period = 1; period <= longest; period += 1) {
    let isSame = true;
    for (let i = period; i < text.length && isSame; i += 1) isSame = text[i] === text[i - period];
    if (isSame) return true;
  }
  return false;
}

/** Nine of ten neighbours are one step apart, such as "abcdefghij0123456789". */
function isRun(text: string): boolean {
  if (text.length < 8) return false;
  let steps = 0;
  for (let i = 1; i < text.length; i += 1) {
    if (Math.abs(text.charCodeAt(i) - text.charCodeAt(i - 1)) === 1) steps += 1;
  }
  return steps >= (text.length - 1) * 0.8;
}

/** Dynamic programming over positions: linear, where a regular expression would explode. */
function isMadeOfWords(text: string): boolean {
  if (text.length > 512) return false;
  const reachable = [true];
  for (let end = 1; end <= text.length; end += 1) {
    reachable[end] = false;
    for (let start = Math.max(0, end - LONGEST_WORD); start < end; start += 1) {
      if (reachable[start] === true && WORDS.has(text.slice(start, end))) {
        reachable[end] = true;
        break;
      }
    }
  }
  return reachable[text.length] === true;
}
