/**
 * Shared secrets that everybody knows: samples of documentation and tools, framework defaults, and what people
 * type instead of a random value. Beside the list count placeholders, repetitions and runs.
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
  "secret",
  "secretkey",
  "supersecret",
  "supersecretkey",
  "mysecret",
  "mysecretkey",
  "mysupersecretkey",
  "jwtsecret",
  "jwtsecretkey",
  "testsecret",
  "devsecret",
  "devsecretdonotuseinproduction",
  "password",
  "thisisasecretkeyfortestingonly1234567890",
  "astringsecretatleast256bitslong", // the debugger of jwt.io
  "astringsecretatleast512bitslongandthisislonger",
  "avalidstringsecretthatisatleast512bitslongwhichisverylong",
]);

/** Why the secret is guessable, or `undefined`. The text never repeats the secret. */
export function findSecretWeakness(secret: string): string | undefined {
  const lower = secret.trim().toLowerCase();
  const plain = lower.replace(/[^a-z0-9]/g, "");
  if (/^(?:<[ -~]*>|\[[ -~]*\]|\{\{[ -~]*\}\}|\$\{?[a-z_][a-z0-9_]*\}?|\*+|\.+)$/.test(lower))
    return "it is a placeholder";
  if (/^(?:django-insecure-|change[-_ ]?(?:me|this|it)|replace[-_ ]?(?:me|this|with)|your[-_ ])/.test(lower))
    return "it is a placeholder";
  if (secret.length >= 16 && new Set(secret).size <= 4) return "it has only a few different characters";
  if (isRepetition(lower)) return "it repeats the same characters";
  // In a binary secret the few letters say nothing about the rest.
  if (plain.length < lower.length * 0.6) return undefined;
  if (LISTED.has(plain)) return "it is on a public list";
  if (isRun(plain)) return "it counts through the alphabet or the digits";
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

/** Eight of ten neighbours are one step apart, such as "abcdefghij0123456789". */
function isRun(text: string): boolean {
  if (text.length < 8) return false;
  let steps = 0;
  for (let i = 1; i < text.length; i += 1) {
    if (Math.abs(text.charCodeAt(i) - text.charCodeAt(i - 1)) === 1) steps += 1;
  }
  return steps >= (text.length - 1) * 0.8;
}
