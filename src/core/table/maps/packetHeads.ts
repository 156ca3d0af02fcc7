import type { ColumnHead } from '../table.ts';

/** The columns of packets, in their order. */
export const packetHeads = {
  time: {
    id: 'time',
    title: 'Time',
    meaning: 'When the packet came to the hook, in seconds since the first packet.',
  },
  journey: {
    id: 'journey',
    title: 'Journey',
    meaning: 'The same for all packets that are one packet on its way from hook to hook.',
  },
  flow: {
    id: 'flow',
    title: 'Flow',
    meaning: 'The same for all packets of one connection, in both directions.',
    isExtra: true,
  },
  node: { id: 'node', title: 'Node', meaning: 'The node whose trace it is.' },
  interface: {
    id: 'iface',
    title: 'Interface Name',
    meaning: 'The interface whose program saw the packet.',
    names: { title: 'Interface', subject: 'interface-name', isApart: true },
  },
  direction: { id: 'dir', title: 'Direction', meaning: 'Which way the packet went there.' },
  what: { id: 'what', title: 'Packet', meaning: 'The protocol, and what kind of packet it is.' },
  from: {
    id: 'from',
    title: 'From Address',
    meaning: 'The source of the packet as it came.',
    names: { title: 'From', subject: 'endpoint', isApart: true },
  },
  to: {
    id: 'to',
    title: 'To Address',
    meaning: 'The destination of the packet as it came.',
    names: { title: 'To', subject: 'endpoint', isApart: true },
  },
  backend: {
    id: 'backend',
    title: 'Backend Address',
    meaning: 'Where the packet goes in place of its destination.',
    names: { title: 'Backend', subject: 'endpoint', isApart: true },
  },
  before: {
    id: 'service',
    title: 'Service Address',
    meaning: 'The address that stood, or stands again, in the place of the backend’s.',
    names: { title: 'Service', subject: 'endpoint', isApart: true },
  },
  verdict: {
    id: 'verdict',
    title: 'Went On',
    meaning: 'Whether the packet went on: allowed, denied, unknown.',
    isExtra: true,
  },
  words: { id: 'why', title: 'Verdict', meaning: 'What became of the packet, and why.' },
  hooks: {
    id: 'hooks',
    title: 'Hooks',
    meaning: 'The hooks that the packet has passed on its way, up to this one.',
  },
  reason: {
    id: 'reason',
    title: 'Reason',
    meaning: 'Why the packet was denied, in one word.',
    isExtra: true,
  },
  conntrack: { id: 'ct', title: 'Conntrack', meaning: 'What looking up the connection came to.' },
  tunnel: {
    id: 'tunnel',
    title: 'Tunnel',
    meaning: 'The node at the other end of the tunnel.',
    isExtra: true,
  },
  duration: { id: 'took', title: 'Took', meaning: 'How long the program ran.' },
  length: { id: 'bytes', title: 'Bytes', meaning: 'The length of the IP packet.', isExtra: true },
  ipId: { id: 'ipid', title: 'IP id', meaning: 'The identification of the IP packet.', isExtra: true },
  cpu: { id: 'cpu', title: 'CPU', meaning: 'The CPU that the program ran on.', isExtra: true },
  boot: {
    id: 'boot',
    title: 'Boot',
    meaning: 'Seconds since the node’s boot, as in the trace.',
    isExtra: true,
  },
} as const satisfies Readonly<Record<string, ColumnHead>>;
