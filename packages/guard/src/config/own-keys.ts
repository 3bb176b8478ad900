/** The keys outside "issuers": what gives them, in the configuration and in the environment, and what is set and gives none. */
import { createFault, type Fault } from "@agentos/contract";
import type { AuthorizationConfig } from "./auth-options.ts";
import type { ReadEnvironment } from "./environment.ts";
import { createOptionFault } from "./option-faults.ts";
import { nameOption, type WrittenIn } from "./option-names.ts";
import type { KeyValue, OwnKeys } from "./resolve-issuers.ts";

/** Collects them; those of the environment stand behind those of the configuration. */
export function collectOwnKeys(config: AuthorizationConfig, environment: ReadEnvironment): OwnKeys {
  const { verificationKey, jwksFile } = environment;
  const explicit = (config.verificationKeys ?? []).map(
    (value, index): KeyValue => ({ source: `verificationKeys[${index}]`, value }),
  );
  const keyValues =
    verificationKey === undefined
      ? explicit
      : [...explicit, { source: "JWT_VERIFICATION_KEY", value: verificationKey }];
  const path = config.jwksFile ?? jwksFile;
  const source = config.jwksFile === undefined ? "JWT_JWKS_FILE" : "jwksFile";
  return {
    keyValues,
    jwksFile: path === undefined ? undefined : { source, path },
    algorithm: config.algorithm,
  };
}

/** Names of everything that gives them, as people wrote it. */
export function nameOwnKeys(
  config: AuthorizationConfig,
  { verificationKey, jwksFile }: ReadEnvironment,
  writtenIn: WrittenIn,
): { readonly options: readonly string[]; readonly variables: readonly string[] } {
  const given = [
    ["verificationKeys", (config.verificationKeys ?? []).length > 0],
    ["jwksFile", config.jwksFile !== undefined],
    ["jwksUrl", config.jwksUrl !== undefined],
    ["issuer", config.issuer !== undefined],
    ["issuers", config.issuers !== undefined],
  ] as const;
  return {
    options: given.flatMap(([name, isGiven]) => (isGiven ? [nameOption(name, writtenIn)] : [])),
    variables: [
      ...(verificationKey === undefined ? [] : ["JWT_VERIFICATION_KEY"]),
      ...(jwksFile === undefined ? [] : ["JWT_JWKS_FILE"]),
    ],
  };
}

const KEY_VARIABLES: readonly string[] = ["JWT_VERIFICATION_KEY", "JWT_JWKS_FILE"];

/**
 * What was meant to give a key and is empty: why there is none. INVARIANT: where this has a fault, nothing is said to be
 * missing.
 */
export function findEmptyKeyFaults(
  config: AuthorizationConfig,
  environment: ReadEnvironment,
  { writtenIn, cli }: { readonly writtenIn: WrittenIn; readonly cli: string },
): readonly Fault[] {
  const variables = environment.faults.filter(
    ({ code, facts }) =>
      code === "CONFIG_VARIABLE_EMPTY" && KEY_VARIABLES.includes(String(facts["variable"])),
  );
  const list =
    config.verificationKeys?.length === 0
      ? [
          createOptionFault({
            option: nameOption("verificationKeys", writtenIn),
            problem: "is empty: it has no entry",
            suggestion:
              "add the public key that your tokens are verified with, or leave it out and set JWT_VERIFICATION_KEY",
          }),
        ]
      : [];
  return [
    ...variables.map(({ facts: { variable = "", state = "" } }) => {
      const suggestion =
        variable === "JWT_JWKS_FILE"
          ? 'set "JWT_JWKS_FILE" to the path of a key set in JSON: nothing else gives a key to verify tokens with'
          : `set "JWT_VERIFICATION_KEY" to the key that tokens are verified with (\`${cli} keys env FILE\` prints the line for a PEM file): nothing else gives one`;
      const facts = { variable, state, suggestion };
      return createFault({ code: "CONFIG_VARIABLE_EMPTY", severity: "error", facts });
    }),
    ...list,
  ];
}
