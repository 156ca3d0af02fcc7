/** The names of DSCP code points that Calico knows (api/pkg/lib/numorstring/dscp.go), besides the numbers 0 to 63. */
const names: ReadonlySet<string> = new Set([
  'DF',
  'EF',
  ...[1, 2, 3, 4].flatMap((group) => [1, 2, 3].map((drop) => `AF${group}${drop}`)),
  ...[0, 1, 2, 3, 4, 5, 6].map((group) => `CS${group}`),
]);

export function isDscp(text: string): boolean {
  if (/^\d+$/.test(text)) return Number(text) <= 63;
  return names.has(text.toUpperCase());
}
