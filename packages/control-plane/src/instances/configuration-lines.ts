/**
 * The lines that make an instance what its switches say: for a shell, and for an env file. Pure. No value is a secret, and
 * each is written so that neither shells nor loaders of env files change it. No line for a shell is a comment: zsh takes
 * none that is pasted.
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

interface Lines {
  readonly shell: string[];
  readonly dotenv: string[];
  /** What the lines cannot say. */
  readonly steps: string[];
}

export interface ConfigurationLines extends Lines {
  readonly warning: string | null;
}

const TOKEN_VARIABLES = ["JWT_VERIFICATION_KEY", "JWT_JWKS_FILE", "AUTHORIZATION_ENABLED"] as const;
const NEW_SECRET = "openssl rand -hex 32";

/** Writes them. */
export function writeConfiguration(wanted: WantedConfiguration): ConfigurationLines {
  const tokens = wanted.authorization ? writeTokens(wanted) : writeNoTokens(wanted);
  const key = wanted.securityKey ? writeSecurityKey() : writeNoSecurityKey();
  const origin = writeOrigin(wanted);
  return {
    shell: [...tokens.shell, ...key.shell, ...origin.shell],
    dotenv: [...tokens.dotenv, ...key.dotenv, ...origin.dotenv],
    steps: [...tokens.steps, ...key.steps, ...origin.steps, "start the instance again"],
    warning: describeResult(wanted),
  };
}

function writeTokens(wanted: WantedConfiguration): Lines {
  const [key, second] = wanted.keys;
  if (key === undefined)
    return {
      shell: [],
      dotenv: [],
      steps: ["no key signs for this instance yet: switch Authorization off and on again"],
    };
  if (wanted.isOurs) return writeForOurs(wanted, second === undefined ? key.pem : toKeySet(wanted));
  // Its variable holds one key: while another one comes or goes, the file has both.
  return second === undefined ? writeForPython(wanted, key.pem.trim()) : writeKeyFile(wanted);
}

const ENFORCE = "AUTHORIZATION_ENABLED=true";
/** Each member reaches their own sessions and memories. A Python AgentOS has it in its code alone. */
const ISOLATE = "USER_ISOLATION_ENABLED=true";

/** Our servers read base64 of PEM and of key sets, which neither shells nor loaders change. */
function writeForOurs({ issuer, jwksUrl }: WantedConfiguration, keys: string): Lines {
  const variable = `JWT_VERIFICATION_KEY=${Buffer.from(keys, "utf8").toString("base64")}`;
  return {
    shell: [`export ${variable}`, `export ${ENFORCE}`, `export ${ISOLATE}`, "unset JWT_JWKS_FILE"],
    dotenv: [variable, ENFORCE, ISOLATE, NO_FILE],
    steps: [
      offerFile(jwksUrl),
      `where the configuration is code or JSON, "issuer": "${issuer}" in "authorizationConfig" follows every rotation by itself, in place of a key`,
    ],
  };
}

/** PyJWT wants the PEM itself. */
function writeForPython({ jwksUrl }: WantedConfiguration, pem: string): Lines {
  const base64 = Buffer.from(`${pem}\n`, "utf8").toString("base64");
  return {
    shell: [
      `export JWT_VERIFICATION_KEY="$(printf %s ${base64} | base64 -d)"`,
      `export ${ENFORCE}`,
      "unset JWT_JWKS_FILE",
    ],
    dotenv: [`JWT_VERIFICATION_KEY="${pem.replaceAll("\n", "\\n")}"`, ENFORCE, NO_FILE],
    steps: [
      offerFile(jwksUrl),
      "where an env file keeps \\n as two characters, use the lines for a shell, or the file of keys",
      PYTHON_SWITCH,
    ],
  };
}

const NO_FILE = "# delete the line of JWT_JWKS_FILE, if there is one";
const PYTHON_SWITCH =
  "where the AgentOS is made in Python code, say AgentOS(authorization=True), so that scopes are enforced";

function writeKeyFile({ jwksUrl }: WantedConfiguration): Lines {
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
    steps: ["the file has the key that comes beside the one that goes", PYTHON_SWITCH],
  };
}

function offerFile(jwksUrl: string): string {
  return `in place of JWT_VERIFICATION_KEY a file may hold every key of this instance: \`curl -fsS ${jwksUrl} -o jwks.json\`, and JWT_JWKS_FILE is the path of that file`;
}

function toKeySet({ keys }: WantedConfiguration): string {
  return JSON.stringify({ keys: keys.map(({ jwk }) => jwk) });
}

function writeNoTokens({ isOurs }: WantedConfiguration): Lines {
  const names = [...TOKEN_VARIABLES, ...(isOurs ? ["USER_ISOLATION_ENABLED"] : [])];
  return {
    shell: [`unset ${names.join(" ")}`],
    dotenv: names.map((name) => `# delete the line of ${name}, if there is one`),
    steps: ['where the configuration is code or JSON, take every JWT key and "authorization" out of it'],
  };
}

function writeSecurityKey(): Lines {
  return {
    // One that is there stays: whoever uses it would be shut out.
    shell: [`export OS_SECURITY_KEY="\${OS_SECURITY_KEY:-$(${NEW_SECRET})}"`, 'echo "$OS_SECURITY_KEY"'],
    dotenv: [],
    steps: [
      `where an env file has no line of OS_SECURITY_KEY yet, \`echo "OS_SECURITY_KEY=$(${NEW_SECRET})" >> .env\` adds one`,
      "type the security key into the console: the lines for a shell print it",
    ],
  };
}

function writeNoSecurityKey(): Lines {
  return {
    shell: ["unset OS_SECURITY_KEY"],
    dotenv: ["# delete the line of OS_SECURITY_KEY, if there is one"],
    steps: ['where the configuration is code or JSON, take "securityKey" out of it'],
  };
}

function writeOrigin({ consoleOrigin, isOurs }: WantedConfiguration): Lines {
  const list = JSON.stringify([consoleOrigin]);
  return {
    shell: [`export CORS_ORIGIN_LIST='${list}'`],
    // Quotes inside are lost where a shell reads the file. Our servers take the origins without them.
    dotenv: [`CORS_ORIGIN_LIST=${isOurs ? consoleOrigin : list}`],
    steps: ["where CORS_ORIGIN_LIST has other origins already, add this one to them"],
  };
}

function describeResult({ authorization, securityKey }: WantedConfiguration): string | null {
  if (authorization && securityKey)
    return "with both set, the instance takes tokens only: requests with the security key are refused";
  if (!authorization && !securityKey)
    return "with neither set, whoever reaches the address of the instance may do everything";
  return null;
}
