/** The protocols that Calico names, by IANA number. */
const names: ReadonlyMap<number, string> = new Map([
  [1, 'ICMP'],
  [4, 'IPIP'],
  [6, 'TCP'],
  [17, 'UDP'],
  [58, 'ICMPv6'],
  [132, 'SCTP'],
]);

/** `TCP`, or `protocol 47` for what has no name here. */
export function protocolName(number: number): string {
  return names.get(number) ?? `protocol ${number}`;
}

/** The number of a protocol by name, in any case; digits are a number already. */
export function parseProtocol(text: string): number | undefined {
  if (/^\d{1,3}$/.test(text)) return Number(text) < 256 ? Number(text) : undefined;
  const wanted = text.toUpperCase();
  for (const [number, name] of names) if (name.toUpperCase() === wanted) return number;
  return wanted === 'ICMP6' ? 58 : undefined;
}
