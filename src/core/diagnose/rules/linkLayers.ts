/** Interfaces whose packets Calico’s programs misread: those without an Ethernet header, and those with VLAN tags. */
import { compareVersions } from '../../felix/versions.ts';
import { valueEvidence } from '../evidence.ts';
import { configure, listSome, patchFelix, type Draft } from '../finding.ts';
import { hostCards } from './hostInterfaces.ts';
import type { KnownCluster } from '../knownCluster.ts';
import type { KnownNode } from '../knownNode.ts';
import { interfaceSubject } from '../subjects.ts';
import { toJsRegexp } from '../../felix/syntax/goRegexp.ts';
import { settingOn } from '../settings.ts';

const layer3Key = 'bpfL3IfacePattern';

/** Devices without an Ethernet header that have the programs of cards (felix/dataplane/linux/bpf_ep_mgr.go, `isL3Iface`). */
export function withoutEthernet(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const links = new Map(node.links().map((link) => [link.name, link]));
  const pattern = settingOn(node, cluster, layer3Key).value ?? '';
  const isLayer3 = pattern === '' ? undefined : toJsRegexp(pattern);
  return hostCards(node).flatMap(({ name, flags }): readonly Draft[] => {
    const link = links.get(name);
    const isKnown = flags.includes('l3') || flags.includes('wg') || isLayer3?.test(name) === true;
    if (link === undefined || link.hasEthernet || isKnown) return [];
    return [
      {
        severity: 'error',
        subject: interfaceSubject(name, node.name),
        cause: name,
        title: `${name} of {nodes} has the programs of a network card, but its packets have no Ethernet header: all of them are misread and dropped.`,
        evidence: [
          valueEvidence(node, 'ip.link', {
            value: `${name}${link.kind === undefined ? '' : ` (${link.kind})`}: no link/ether`,
            shows: 'What the interface is.',
          }),
          valueEvidence(node, 'ifstate.dump', {
            value: `${flags.join(',')} name: ${name}`,
            shows: 'bpfDataIfacePattern matches it, and Calico has its programs there.',
          }),
        ],
        fix: configure(
          `Name it in ${layer3Key} (v3.25 and later), or leave it out of bpfDataIfacePattern.`,
          patchFelix(layer3Key, `^${name}$`),
        ),
      },
    ];
  });
}

/** The first release that leaves the tagged packets of such an interface alone. */
const readsTags = { major: 3, minor: 30, patch: 0 };

/** Interfaces that carry VLANs and have programs themselves: tagged packets are none that these can read. */
export function carryingVlans(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  if (compareVersions(cluster.version, readsTags) >= 0) return [];
  const taken = new Set(hostCards(node).map(({ name }) => name));
  const vlans = node.links().filter(({ parent }) => parent !== undefined && taken.has(parent.slice(0, 15)));
  return [...Map.groupBy(vlans, ({ parent }) => parent ?? '')].map(([parent, own]): Draft => {
    const names = own.map(({ name }) => name);
    return {
      severity: 'warning',
      subject: interfaceSubject(parent, node.name),
      cause: parent,
      title: `${parent} of {nodes} carries ${listSome(names, 'VLANs')} and has Calico’s programs itself: before v3.30 they take tagged packets for corrupt ones and drop them.`,
      evidence: [
        valueEvidence(node, 'ip.link', {
          value: names.map((name) => `${name}@${parent}`).join(', '),
          shows: `The VLANs of ${parent}.`,
        }),
        valueEvidence(node, 'ifstate.dump', {
          value: `name: ${parent}`,
          shows: 'Calico has its programs there.',
        }),
      ],
      fix: configure(
        `Let the pattern match the VLAN and not ${parent}.`,
        patchFelix(
          'bpfDataIfacePattern',
          `^(${names.map((name) => name.replaceAll('.', String.raw`\.`)).join('|')})$`,
        ),
      ),
    };
  });
}
