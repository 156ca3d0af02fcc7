/**
 * A list `key=value,…` as Felix reads it (felix/stringutils/parse_keyvalue_list.go): split at commas first, and of
 * what stands before `=` only the last run of word characters is the key.
 */
export function parseKeyValues(text: string): ReadonlyMap<string, string> | undefined {
  const pairs = new Map<string, string>();
  if (text.trim() === '') return pairs;
  for (const item of text.split(',')) {
    if (item === '') continue;
    const match = /(\w+)=(.*)/s.exec(item);
    if (match === null) return undefined;
    pairs.set(match[1] ?? '', match[2] ?? '');
  }
  return pairs;
}
