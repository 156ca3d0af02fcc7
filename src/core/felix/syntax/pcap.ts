/**
 * A rough check of a pcap filter (pcap-filter(7), as libpcap compiles it for felix/bpf/filter/filter.go): words in
 * their place and parentheses in pairs. What it does not know it lets pass.
 */
export function pcapError(filter: string): string | undefined {
  const tokens = filter.match(/[()]|&&|\|\||!|[^\s()&|!]+/g) ?? [];
  let depth = 0;
  let wantsOperand = false;
  let operands = 0;
  for (const [index, token] of tokens.entries()) {
    if (token === '(') depth++;
    else if (token === ')') depth--;
    if (depth < 0) return 'it closes a parenthesis that is not open';
    const joins = ['and', 'or', '&&', '||'].includes(token);
    if (joins && (operands === 0 || wantsOperand)) return `nothing stands before “${token}”`;
    if (joins) wantsOperand = true;
    else if (!['(', ')', 'not', '!'].includes(token)) {
      wantsOperand = false;
      operands++;
    }
    const wrong = wrongOperand(token, tokens[index + 1]);
    if (wrong !== undefined) return wrong;
  }
  if (depth > 0) return 'a parenthesis is not closed';
  return wantsOperand ? 'it ends with “and” or “or”' : undefined;
}

function wrongOperand(word: string, next: string | undefined): string | undefined {
  if (word === 'port' && (next === undefined || !/^[a-z0-9_*-]+$/i.test(next)))
    return 'a number is missing behind “port”';
  if (word === 'port' && /^\d+$/.test(next ?? '') && Number(next) > 65535) return `there is no port ${next}`;
  if (word === 'host' && (next === undefined || ['and', 'or', ')', '('].includes(next)))
    return 'an address is missing behind “host”';
  return undefined;
}
