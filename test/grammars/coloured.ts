import assert from 'node:assert/strict';
import { createRegistry } from 'vscode-tmgrammar-test/dist/common/index.js';
import manifest from '../../package.json' with { type: 'json' };

const registry = createRegistry(
  manifest.contributes.grammars.map(({ scopeName, path }) => ({ scopeName, path })),
);

/** The grammar by how the id of a probe begins. */
export const grammars = [
  [/^arp\.dump/, 'arp'],
  [/^conntrack\.(?:dump|stats)/, 'conntrack'],
  [/^(?:counters\.dump|profiling)/, 'counters'],
  [/^ifstate\.dump/, 'ifstate'],
  [/^ipsets\.dump/, 'ipsets'],
  [/^nat\./, 'nat'],
  [/^policy\.dump/, 'policy'],
  [/^routes\.dump/, 'routes'],
] as const;

/** Checks that each word has a scope of its own, and answers how many lines there were. */
export async function checkColoured(name: string, lines: readonly string[], where: string): Promise<number> {
  const grammar = await registry.loadGrammar(`source.calico-bpf-${name}`);
  assert.ok(grammar !== null);
  let state = null;
  for (const line of lines) {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
    state = ruleStack;
    for (const { scopes, startIndex, endIndex } of tokens) {
      const bare = scopes.length === 1 ? line.slice(startIndex, endIndex) : '';
      // The types of C in disassembled instructions are all that has no colour of its own.
      assert.doesNotMatch(bare.replaceAll(/\bu(?:8|16|32|64)\b/g, ''), /\w/, `${where}: ${line}`);
    }
  }
  return lines.length;
}
