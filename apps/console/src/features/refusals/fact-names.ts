/** Names of facts that an AgentOS records are put together of these words; of others nothing is made a label. */
const WORDS: ReadonlySet<string> = new Set(
  "accepted actual algorithm algorithms at attempts audience bits bytes characters claim claims cookie count credential curve declared default difference dots edge expected expired extension faults found header held hint hours id issuer issuers key keys kid kind limit meant minimum missing name needed number origin padding parameter parameters path place port position prefix problem proxy quotes read reason revocation role route rule scheme scope scopes seconds signature source state station status time token tried type until unverified used user value variable version wider withheld".split(
    " ",
  ),
);

export function isNameOfFact(name: string): boolean {
  return name.split("_").every((word) => WORDS.has(word));
}
