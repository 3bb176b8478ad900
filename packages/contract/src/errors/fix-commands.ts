/**
 * Lines to paste into a shell, for fixes that are one. File names are examples; `{cli}` is the operator's own command.
 * A line never holds a secret: it makes one, or reads a file.
 */
import type { ErrorCode } from "./error-catalogue.ts";

/**
 * What fixes name where nobody says how the command is called. `--no` never downloads: where there is no `agentos` the
 * command fails instead of running a stranger's package.
 */
export const DEFAULT_CLI = "npx --no agentos";

const PUBLIC_HALF = "openssl pkey -in private.pem -pubout -out public.pem";
/** 64 characters on one line: enough for every HMAC. */
const NEW_SECRET = "openssl rand -base64 48 > secret.txt";
const NEW_SECURITY_KEY = 'export OS_SECURITY_KEY="$(openssl rand -hex 32)"';
const KEY_FOR_ENV = "{cli} keys env public.pem";
const NEW_PAIR = "{cli} keys generate";

/** By code; a code without an entry has no fix that is one line. */
export const FIX_COMMANDS: Readonly<Partial<Record<ErrorCode, string>>> = {
  CONFIG_BOTH_CREDENTIALS: "unset OS_SECURITY_KEY",
  INSTANCE_SECURITY_KEY_UNWANTED: "unset OS_SECURITY_KEY",
  INSTANCE_SCOPES_NOT_ENFORCED: "export AUTHORIZATION_ENABLED=true",
  INSTANCE_USERS_NOT_ISOLATED: "export USER_ISOLATION_ENABLED=true",
  AUTH_TOKEN_NOT_ACCEPTED: KEY_FOR_ENV,
  AUTH_SIGNED_BY_ANOTHER_KEY: "{cli} keys show public.pem",
  AUTH_CLOCKS_DIFFER: "sudo timedatectl set-ntp true",
  CONFIG_KEYS_MISSING: NEW_PAIR,
  CONFIG_SECURITY_KEY_INVALID: NEW_SECURITY_KEY,
  CONFIG_SECURITY_KEY_WEAK: NEW_SECURITY_KEY,
  KEY_EMPTY: KEY_FOR_ENV,
  KEY_UNREADABLE: KEY_FOR_ENV,
  KEY_TRUNCATED: KEY_FOR_ENV,
  KEY_BODY_MISSING: KEY_FOR_ENV,
  KEY_PLUS_LOST: KEY_FOR_ENV,
  KEY_BINARY: "openssl pkey -pubin -inform DER -in key.der -out public.pem",
  KEY_FILE_PATH: KEY_FOR_ENV,
  KEY_PLACEHOLDER: NEW_PAIR,
  KEY_PRIVATE: NEW_PAIR,
  KEY_ENCRYPTED: PUBLIC_HALF,
  KEY_CERTIFICATE: "openssl x509 -in cert.pem -pubkey -noout > public.pem",
  KEY_CERTIFICATE_REQUEST: "openssl req -in request.pem -pubkey -noout > public.pem",
  KEY_OPENSSH: "ssh-keygen -e -m PKCS8 -f key.pub > public.pem",
  KEY_WEAK_RSA: NEW_PAIR,
  KEY_RSA_EXPONENT: NEW_PAIR,
  KEY_RSA_MODULUS: NEW_PAIR,
  KEY_RSA_ROCA: NEW_PAIR,
  KEY_SECRET_BYTES_LOST: NEW_SECRET,
  KEY_SECRET_SHORT: NEW_SECRET,
  KEY_SECRET_LISTED: NEW_SECRET,
  KEY_SIGNING_ENCRYPTED: "openssl pkey -in encrypted.pem -out private.pem",
  KEY_SIGNING_BINARY: "openssl pkey -inform DER -in private.der -out private.pem",
  KEY_REPAIRED: KEY_FOR_ENV,
};
