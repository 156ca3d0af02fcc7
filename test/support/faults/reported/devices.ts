/** Interfaces that were taken for cards, or for none. */
import type { Edits } from '../../edited.ts';
import { attached, link, links, printed } from '../../healthy/healthy.ts';
import { all, type Reported } from './reported.ts';

/** A bond that carries a VLAN, as Felix before v3.28.1 lists interfaces. */
const bondWithVlan: Edits = printed({
  'ip.link': links((known) => [
    ...known,
    link('bond0', 81, { linkinfo: { info_kind: 'bond' } }),
    link('bond0.1010', 82, { link: 'bond0', linkinfo: { info_kind: 'vlan', info_data: { id: 1010 } } }),
  ]),
  'ifstate.dump': (text) =>
    [81, 82].reduce(
      (known, index) =>
        `${known}   ${index} : {flags: v4Ready,host, XDPPolicyV4: 9, IngressPolicyV4: ${index}, EgressPolicyV4: ${index}, XDPPolicyV6: -1, IngressPolicyV6: -1, EgressPolicyV6: -1, IngressFilter: ${index + 1}, EgressFilter: ${index + 1}, name: ${index === 81 ? 'bond0' : 'bond0.1010'}}\n`,
      text,
    ),
  'bpftool.net': (text) => attached('bond0.1010', 82)(attached('bond0', 81)(text)),
});

export const deviceFaults: readonly Reported[] = [
  {
    name: 'a bond has programs beside the VLAN that it carries, and tagged packets are taken for corrupt ones',
    from: 'projectcalico/calico#9401',
    recording: 'v3.30.7-healthy',
    in: 'v3.28 prints it',
    edits: bondWithVlan,
    found: [`warning interface bond0 on ${all}`],
  },
  {
    name: 'a WireGuard of the hosts is taken for a card, though its packets have no Ethernet header',
    from: 'projectcalico/calico#4326',
    recording: 'v3.32.1-healthy',
    edits: printed({
      'ip.link': links((known) => [
        ...known,
        link('wg0', 71, {
          mtu: 1420,
          link_type: 'none',
          linkinfo: { info_kind: 'wireguard' },
          operstate: 'UNKNOWN',
          flags: ['POINTOPOINT', 'NOARP', 'UP', 'LOWER_UP'],
        }),
      ]),
      'ip.route': (text) => `${text}10.8.0.0/24 dev wg0 proto kernel scope link src 10.8.0.2 \n`,
      'ifstate.dump': (text) =>
        `${text}   71 : {flags: v4Ready,host, XDPPolicyV4: 9, IngressPolicyV4: 71, EgressPolicyV4: 71, XDPPolicyV6: -1, IngressPolicyV6: -1, EgressPolicyV6: -1, IngressFilter: 72, EgressFilter: 72, name: wg0}\n`,
      'bpftool.net': attached('wg0', 71),
    }),
    found: [`error interface wg0 on ${all}`],
  },
];
