/** The cluster of a recording as it would be with IPv6 alone, or with both families. */
import { parseIp } from '../../../src/core/net/address.ts';
import type { Edits } from '../edited.ts';

/** The dumps that know one family each. */
const families = [
  'nat.dump',
  'nat.aff',
  'routes.dump',
  'conntrack.dump',
  'conntrack.stats',
  'ipsets.dump',
  'arp.dump',
];

const ipv4 = /\b(\d+)\.(\d+)\.(\d+)\.(\d+)(\/\d+)?(:\d+)?(?![\d.])/g;

/** Each IPv4 address as the IPv6 address that stands for it: 10.244.174.129/26 as fd00:a:f4::ae:81/122. */
export function inIpv6(text: string): string {
  return text
    .replaceAll(/\b169\.254\.1\.1\b/g, 'fe80::1')
    .replaceAll(ipv4, (whole, ...[a, b, c, d, length, port]: (string | undefined)[]) => {
      const bytes = [a, b, c, d].map(Number);
      if (bytes.some((each) => each > 255)) return whole;
      const address = addressOf(bytes);
      if (length !== undefined) return `${address}/${lengthOf(Number(length.slice(1)))}${port ?? ''}`;
      return port === undefined ? address : `[${address}]${port}`;
    });
}

function addressOf(bytes: readonly number[]): string {
  if (bytes.every((each) => each === 0)) return '::';
  if (bytes.every((each) => each === 255)) return 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff';
  if (bytes[0] === 127) return '::1';
  const [a, b, c, d] = bytes.map((each) => each.toString(16));
  return parseIp(`fd00:${a}:${b}::${c}:${d}`) ?? '';
}

/** The bytes stand at the ends of the second, third, seventh and eighth groups of 16 bits. */
function lengthOf(length: number): number {
  if (length === 0) return 0;
  if (length <= 8) return 24 + length;
  if (length <= 16) return 32 + length;
  return length <= 24 ? 88 + length : 96 + length;
}

/** What was changed of IPv4, changed of IPv6; everything that speaks of addresses speaks of IPv6. */
export function toIpv6(edits: Edits): Edits {
  const probes: Record<string, (text: string) => string | undefined> = {};
  for (const [key, edit] of Object.entries(edits.probes ?? {})) {
    const probe = key.slice(key.indexOf('/') + 1);
    probes[families.includes(probe) ? `${key}.v6` : key] = edit;
  }
  for (const probe of families) probes[`*/${probe}`] = () => '';
  return {
    ...edits,
    probes,
    answeredBy: {
      ...edits.answeredBy,
      ...Object.fromEntries(families.map((probe) => [`${probe}.v6`, probe])),
    },
    everywhere: (text) => inItsForms(ofIpv6(inIpv6(edits.everywhere?.(text) ?? text))),
  };
}

/** Interfaces that are ready for IPv6 and have their policies there. */
function ofIpv6(text: string): string {
  return text
    .replaceAll('v4Ready', 'v6Ready')
    .replaceAll(
      /XDPPolicyV4: (\S+), IngressPolicyV4: (\S+), EgressPolicyV4: (\S+), XDPPolicyV6: -1, IngressPolicyV6: -1, EgressPolicyV6: -1/g,
      'XDPPolicyV4: -1, IngressPolicyV4: -1, EgressPolicyV4: -1, XDPPolicyV6: $1, IngressPolicyV6: $2, EgressPolicyV6: $3',
    );
}

/** The forms that are proper to IPv6: connections without brackets, annotations, families and names of maps. */
function inItsForms(text: string): string {
  return (
    text
      .split('\n')
      .map((line) => (/^(?:TCP|UDP|ICMP)\S* /.test(line) ? line.replaceAll(/[[\]]/g, '') : line))
      .join('\n')
      .replaceAll('projectcalico.org/IPv4', 'projectcalico.org/IPv6')
      .replaceAll('"IPv4"', '"IPv6"')
      .replaceAll(/cali_v4_/g, 'cali_v6_')
      .replaceAll('Ipv6Support:false', 'Ipv6Support:true')
      .replaceAll('"wireguardEnabled":', '"wireguardEnabledV6":')
      .replaceAll('"WireguardEnabled":', '"WireguardEnabledV6":')
      .replaceAll('wireguard.cali', 'wg-v6.cali')
      // VXLAN over IPv6 takes 20 bytes more.
      .replaceAll(/"mtu":1([34])50/g, '"mtu":1$130')
  );
}
