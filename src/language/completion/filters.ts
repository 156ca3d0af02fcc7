/** Expressions for `bpfLogFilters`, in the language of pcap, and the interfaces they are set for. */
export const filterSnippets: readonly (readonly [string, string])[] = [
  ['host 10.0.0.1', 'packets from or to an address'],
  ['host 10.0.0.1 and tcp port 443', 'one service of an address'],
  ['net 10.244.0.0/16', 'packets from or to a network'],
  ['tcp port 80', 'one TCP port'],
  ['udp port 53', 'DNS'],
  ['icmp', 'ping and ICMP errors'],
];

export const filterInterfaces: readonly (readonly [string, string])[] = [
  ['all', 'every interface that no other key names'],
  ['weps', 'the interfaces of workloads'],
  ['heps', 'the interfaces of host endpoints'],
];
