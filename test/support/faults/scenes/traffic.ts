/** What conntrack holds of connections that were answered or not. */
import type { Edits } from '../../edited.ts';

/** On a node TCP to addresses that begin so is without an answer, and nothing comes from them. */
export function unanswered(node: string, prefix: string): Edits {
  const address = prefix.replaceAll('.', String.raw`\.`);
  const from = new RegExp(`^\\w+ ${address}`);
  const to = new RegExp(`^TCP .*-> ${address}\\S+ `);
  const spell = (line: string, at: number) =>
    to.test(line)
      ? line.replace(/(?:external.*)?Active ago \S+ \S+$/, `Active ago ${3 + (at % 16)}.5s SYN-SENT`)
      : line;
  return {
    probes: {
      [`${node}/conntrack.dump`]: (text) =>
        text
          .split('\n')
          .filter((line) => !from.test(line))
          .map(spell)
          .join('\n'),
    },
  };
}
