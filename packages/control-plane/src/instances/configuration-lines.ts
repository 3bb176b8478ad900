/**
 * The lines that make an instance what its switches say: for a shell, and for an env file. Pure. No value is a secret, and
 * each is written so that neither shells nor loaders of env files change it.
 */
import type { PublicKey } from "../keys/public-keys.ts";

export interface WantedConfiguration {
  readonly authorization: boolean;
  readonly securityKey: boolean;
  /** The keys that the instance is to trust, the one that signs first. */
  readonly keys: readonly Pick<PublicKey, "pem" | "jwk">[];
  readonly issuer: string;
  readonly jwksUrl: string;
  /** Origin of the console's pages. */
  readonly consoleOrigin: string;
  /** Our own server. A Python AgentOS, or one that nobody has seen, takes fewer forms. */
  readonly isOurs: boolean;
}

export interface ConfigurationLines {
  readonly shell: string[];
  readonly dotenv: string[];
  readonly steps: string[];
  readonly steps_beyond_lines: string[];
}

/** Lines for one of the things that are set. */
interface Part {
  readonly shell: string[];
  readonly dotenv: string[];
  /** The lines in words. */
  readonly steps: string[];
  /** What no line does; it comes after them. */
  readonly beyond?: string[];
}

const TOKEN_VARIABLES = ["JWT_VERIFICATION_KEY", "JWT_JWKS_FILE", "AUTHORIZATION_ENABLED"] as const;
const NEW_SECRET = "openssl rand -hex 32";

/** Writes them. */
export function writeConfiguration(wanted: WantedConfiguration): ConfigurationLines {
  const tokens = wanted.authorization ? writeTokens(wanted) : writeNoTokens(wanted);
  const key = wanted.securityKey ? writeSecurityKey() : writeNoSecurityKey();
  const origin = writeOrigin(wanted);
  const last = [...describeResult(wanted), "start the instance again"];
  return {
    shell: [...tokens.shell, ...key.shell, ...origin.shell],
    dotenv: [...tokens.dotenv, ...key.dotenv, ...origin.dotenv],
    steps: [...[tokens, key, origin].flatMap((part) => [...part.steps, ...(part.beyond ?? [])]), ...last],
    steps_beyond_lines: [...(tokens.beyond ?? []), ...last],
  };
}

function writeTokens(wanted: WantedConfiguration): Part {
  const [key, second] = wanted.keys;
  if (key === undefined)
    return {
      shell: [],
      dotenv: [],
      steps: [],
      beyond: ["no key signs for this instance yet: switch Authorization off and on again"],
    };
  if (wanted.isOurs) return writeForOurs(wanted, second === undefined ? key.pem : toKeySet(wanted));
  // Its variable holds one key: while another one comes or goes, the file has both.
  return second === undefined ? writeForPython(wanted, key.pem.trim()) : writeKeyFile(wanted);
}

const ENFORCE = "AUTHORIZATION_ENABLED=true";
/** Each member reaches their own sessions and memories. A Python AgentOS has it in its code alone. */
const ISOLATE = "USER_ISOLATION_ENABLED=true";

/** Our servers read base64 of PEM and of key sets, which neither shells nor loaders change. */
function writeForOurs({ issuer, jwksUrl }: WantedConfiguration, keys: string): Part {
  const variable = `JWT_VERIFICATION_KEY=${Buffer.from(keys, "utf8").toString("base64")}`;
  return {
    shell: [
      `export ${variable}`,
      `export ${ENFORCE}`,
      `export ${ISOLATE}`,
      "unset JWT_JWKS_FILE",
      ...offerFile(jwksUrl),
    ],
    dotenv: [variable, ENFORCE, ISOLATE, NO_FILE, ...offerFile(jwksUrl)],
    steps: [
      "set JWT_VERIFICATION_KEY, AUTHORIZATION_ENABLED and USER_ISOLATION_ENABLED, and take JWT_JWKS_FILE away",
    ],
    beyond: [
      `where the configuration is code or JSON, "issuer": "${issuer}" in "authorizationConfig" follows every rotation by itself, in place of a key`,
    ],
  };
}

/** PyJWT wants the PEM itself. */
function writeForPython({ jwksUrl }: WantedConfiguration, pem: string): Part {
  const base64 = Buffer.from(`${pem}\n`, "utf8").toString("base64");
  return {
    shell: [
      `export JWT_VERIFICATION_KEY="$(printf %s ${base64} | base64 -d)"`,
      `export ${ENFORCE}`,
      "unset JWT_JWKS_FILE",
      ...offerFile(jwksUrl),
    ],
    dotenv: [
      `JWT_VERIFICATION_KEY="${pem.replaceAll("\n", "\\n")}"`,
      ENFORCE,
      NO_FILE,
      ...offerFile(jwksUrl),
    ],
    steps: [
      "set JWT_VERIFICATION_KEY and AUTHORIZATION_ENABLED, and take JWT_JWKS_FILE away",
      "where an env file keeps \\n as two characters, use the lines for a shell, or the file of keys",
    ],
    beyond: [PYTHON_SWITCH],
  };
}

const NO_FILE = "# delete the line of JWT_JWKS_FILE, if there is one";
const PYTHON_SWITCH =
  "where the AgentOS is made in Python code, say AgentOS(authorization=True), so that scopes are enforced";

function writeKeyFile({ jwksUrl }: WantedConfiguration): Part {
  const fetchKeys = `curl -fsS ${jwksUrl} -o jwks.json`;
  return {
    shell: [
      fetchKeys,
      'export JWT_JWKS_FILE="$PWD/jwks.json"',
      `export ${ENFORCE}`,
      "unset JWT_VERIFICATION_KEY",
    ],
    dotenv: [
      `# ${fetchKeys}`,
      "JWT_JWKS_FILE=jwks.json",
      ENFORCE,
      "# delete the line of JWT_VERIFICATION_KEY, if there is one",
    ],
    steps: [
      "fetch the file of keys, which has the key that comes beside the one that goes",
      "set JWT_JWKS_FILE and AUTHORIZATION_ENABLED, and take JWT_VERIFICATION_KEY away",
    ],
    beyond: [PYTHON_SWITCH],
  };
}

function offerFile(jwksUrl: string): string[] {
  return [
    "# or, in place of JWT_VERIFICATION_KEY, a file with every key of this instance:",
    `# curl -fsS ${jwksUrl} -o jwks.json, and JWT_JWKS_FILE with the path of that file`,
  ];
}

function toKeySet({ keys }: WantedConfiguration): string {
  return JSON.stringify({ keys: keys.map(({ jwk }) => jwk) });
}

function writeNoTokens({ isOurs }: WantedConfiguration): Part {
  const names = [...TOKEN_VARIABLES, ...(isOurs ? ["USER_ISOLATION_ENABLED"] : [])];
  return {
    shell: [`unset ${names.join(" ")}`],
    dotenv: names.map((name) => `# delete the line of ${name}, if there is one`),
    steps: [`take ${names.join(", ")} away`],
    beyond: ['take every JWT key and "authorization" out of the configuration of the instance, too'],
  };
}

function writeSecurityKey(): Part {
  return {
    // One that is there stays: whoever uses it would be shut out.
    shell: [`export OS_SECURITY_KEY="\${OS_SECURITY_KEY:-$(${NEW_SECRET})}"`],
    dotenv: [`# if there is no line of OS_SECURITY_KEY yet: echo "OS_SECURITY_KEY=$(${NEW_SECRET})" >> .env`],
    steps: ["set OS_SECURITY_KEY to a secret of your own, which this control plane never sees"],
  };
}

function writeNoSecurityKey(): Part {
  return {
    shell: ["unset OS_SECURITY_KEY"],
    dotenv: ["# delete the line of OS_SECURITY_KEY, if there is one"],
    steps: ["take OS_SECURITY_KEY away"],
  };
}

function writeOrigin({ consoleOrigin, isOurs }: WantedConfiguration): Part {
  const list = JSON.stringify([consoleOrigin]);
  const note = "# with other origins in CORS_ORIGIN_LIST already: add this one to them";
  return {
    shell: [note, `export CORS_ORIGIN_LIST='${list}'`],
    // Quotes inside are lost where a shell reads the file. Our servers take the origins without them.
    dotenv: [note, `CORS_ORIGIN_LIST=${isOurs ? consoleOrigin : list}`],
    steps: [`let the pages of ${consoleOrigin} call the instance (CORS_ORIGIN_LIST)`],
  };
}

function describeResult({ authorization, securityKey }: WantedConfiguration): string[] {
  if (authorization && securityKey)
    return ["with both set, the instance takes tokens only: requests with the security key are refused"];
  if (!authorization && !securityKey)
    return ["with neither set, whoever reaches the address of the instance may do everything"];
  return [];
}
