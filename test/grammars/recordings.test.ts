import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRegistry } from 'vscode-tmgrammar-test/dist/common/index.js';
import manifest from '../../package.json' with { type: 'json' };
import { recordedOutputs, recordingNames } from '../support/recordings.ts';

const registry = createRegistry(
  manifest.contributes.grammars.map(({ scopeName, path }) => ({ scopeName, path })),
);

/** The grammar by how the id of a probe begins. */
const grammars = [
  [/^arp\.dump/, 'arp'],
  [/^conntrack\.(?:dump|stats)/, 'conntrack'],
  [/^(?:counters\.dump|profiling)/, 'counters'],
  [/^ifstate\.dump/, 'ifstate'],
  [/^ipsets\.dump/, 'ipsets'],
  [/^nat\./, 'nat'],
  [/^policy\.dump/, 'policy'],
  [/^routes\.dump/, 'routes'],
] as const;

/** So many lines show every form that a dump has. */
const mostLines = 60;

for (const [probes, name] of grammars) {
  test(`each word of the recorded dumps of every version is coloured by the grammar of ${name}`, async () => {
    const grammar = await registry.loadGrammar(`source.calico-bpf-${name}`);
    assert.ok(grammar !== null);
    let count = 0;
    for (const recording of recordingNames) {
      for (const { probe, stream, text } of await recordedOutputs(recording)) {
        const isOther =
          !probes.test(probe) || probe.endsWith('.json') || text.includes('Available Commands:');
        if (stream === 'err' || isOther) continue;
        let state = null;
        for (const line of text.split('\n', mostLines)) {
          const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
          state = ruleStack;
          count++;
          for (const { scopes, startIndex, endIndex } of tokens) {
            const bare = scopes.length === 1 ? line.slice(startIndex, endIndex) : '';
            // The types of C in disassembled instructions are all that has no colour of its own.
            assert.doesNotMatch(
              bare.replaceAll(/\bu(?:8|16|32|64)\b/g, ''),
              /\w/,
              `${recording} ${probe}: ${line}`,
            );
          }
        }
      }
    }
    assert.ok(count > 10, String(count));
  });
}
