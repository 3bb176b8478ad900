/**
 * How near to this process a host is, by its name or address alone: names are not resolved here. It serves to refuse
 * a way inwards. What may be trusted for being on this machine is {@link isLoopbackHost}, which is narrower: a server
 * may listen on 0.0.0.0, but whoever connects to 0.0.0.0 reaches this machine.
 */
import { isLoopbackHost } from "./loopback-host.ts";

/** From outside to inside. A document may lead outwards, and never inwards. */
export const Nearness = { elsewhere: 0, privateNetwork: 1, linkLocal: 2, thisMachine: 3 } as const;
export type Nearness = (typeof Nearness)[keyof typeof Nearness];

/** Names that the hosts files of common systems give to this machine, beside those of RFC 6761. */
const LOCAL_NAMES: ReadonlySet<string> = new Set([
  "localhost.localdomain",
  "localhost4",
  "localhost6",
  "ip6-localhost",
  "ip6-loopback",
]);

/** `hostname` as a parsed URL has it: IPv4 with four decimal numbers, IPv6 in its shortest form and in brackets. */
export function measureNearness(hostname: string): Nearness {
  const name = hostname.replace(/\.+$/, "").toLowerCase();
  if (isLoopbackHost(name) || LOCAL_NAMES.has(name)) return Nearness.thisMachine;
  if (name.startsWith("[")) return measureIpv6(readIpv6(name.slice(1, -1)));
  return /^\d+(?:\.\d+){3}$/.test(name) ? measureIpv4(name.split(".").map(Number)) : Nearness.elsewhere;
}

/** RFC 6890 and the registry that it began; 0.0.0.0/8 means this machine, as systems go. */
function measureIpv4([first = 0, second = 0]: readonly number[]): Nearness {
  if (first === 0 || first === 127) return Nearness.thisMachine;
  if (first === 169 && second === 254) return Nearness.linkLocal;
  const isPrivate =
    first === 10 ||
    (first === 172 && second >= 16 && second < 32) ||
    (first === 192 && second === 168) ||
    (first === 100 && second >= 64 && second < 128);
  return isPrivate ? Nearness.privateNetwork : Nearness.elsewhere;
}

function measureIpv6(groups: readonly number[]): Nearness {
  const [first = 0, second = 0, third = 0] = groups;
  const [high = 0, low = 0] = groups.slice(6);
  const toIpv4 = (a: number, b: number) => measureIpv4([a >> 8, a & 0xff, b >> 8, b & 0xff]);
  // `::`, `::1`, and IPv4 in IPv6: mapped or compatible (RFC 4291), translated (RFC 6052), 6to4 (RFC 3056).
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && [0, 0xffff].includes(groups[5] ?? 0);
  if (isMapped || (first === 0x64 && second === 0xff9b)) return toIpv4(high, low);
  if (first === 0x2002) return toIpv4(second, third);
  if ((first & 0xffc0) === 0xfe80) return Nearness.linkLocal;
  const isPrivate = (first & 0xfe00) === 0xfc00 || (first & 0xffc0) === 0xfec0;
  return isPrivate ? Nearness.privateNetwork : Nearness.elsewhere;
}

/** The eight groups. */
function readIpv6(text: string): readonly number[] {
  const [head = [], tail = []] = text
    .split("::")
    .map((part) => (part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16))));
  return [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => 0), ...tail];
}
