/** Each message of Calico's BPF programs, in the forms in which versions print values, is coloured. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRegistry } from 'vscode-tmgrammar-test/dist/common/index.js';
import manifest from '../../package.json' with { type: 'json' };
import { connectForms, messageForms } from '../core/trace/calicoMessages.ts';
import { cleanerEntries, cleanerForms, rareConnectForms, rareForms } from '../core/trace/rareMessages.ts';

const registry = createRegistry(
  manifest.contributes.grammars.map(({ scopeName, path }) => ({ scopeName, path })),
);
const grammar = await registry.loadGrammar('source.calico-bpf-trace');
assert.ok(grammar !== null);
const tokenizeLine = grammar.tokenizeLine.bind(grammar);

interface Style {
  readonly title: string;
  readonly prefix: string;
  readonly address: string;
}

const header = '          <idle>-0       [001] ..s2.  7712.104987: bpf_trace_printk: ';
const styles: readonly Style[] = [
  { title: 'of v3.24', prefix: 'cali6d21-E: ', address: 'a410002' },
  { title: 'of v3.28', prefix: 'eth0------------I: ', address: 'c0a80514' },
  { title: 'with digits alone', prefix: 'eth0------------I: ', address: '1020304' },
  { title: 'of v3.32', prefix: 'vxlan.calico----X: ', address: '10.65.0.2' },
  {
    title: 'of IPv6',
    prefix: 'IPv6 cali6d2111c0d58-E: ',
    address: '[fd00:0244:0000:6d15:74ba:080e:4835:8080]',
  },
];

const formats = [
  ...messageForms.map(({ format }) => format),
  ...rareForms.map(({ format }) => format),
  ...connectForms.map(({ format }) => format),
  ...rareConnectForms.map(({ format }) => format),
  ...cleanerForms.map(({ format }) => format),
  ...cleanerEntries,
];

/** What stands for a value; a number may be part of a stage (`CT-7`) or of a failure. */
const colours = /^(?:constant\.numeric|storage\.type\.stage|invalid\.illegal)\./;

for (const style of styles) {
  test(`colours the addresses and numbers of every message ${style.title}`, () => {
    const bare = formats.flatMap((format) => uncoloured(format, style));
    assert.deepEqual(bare, []);
  });
}

function uncoloured(format: string, { prefix, address }: Style): readonly string[] {
  let line = header + prefix;
  const values: { readonly start: number; readonly end: number }[] = [];
  for (const part of format.replace('{CT}', prefix.length < 15 ? 'CT-17 ' : 'CT: ').split(/(%[adglxs])/)) {
    const start = line.length;
    line += valueOf(part, address);
    if (/^%[adl]$/.test(part)) values.push({ start, end: line.length });
  }
  const { tokens } = tokenizeLine(line, null);
  return values.flatMap(({ start, end }) => {
    const token = tokens.find(({ startIndex, endIndex }) => startIndex <= start && end <= endIndex);
    return token?.scopes.some((scope) => colours.test(scope)) === true ? [] : [line.slice(header.length)];
  });
}

function valueOf(part: string, address: string): string {
  const values: Readonly<Record<string, string>> = {
    '%a': address,
    '%g': 'fd00:0244:0000:6d15:74ba:080e:4835:8080',
    '%d': '7',
    '%x': '1f',
    '%l': '123456789012',
    '%s': 'cali6d2111c0d58',
  };
  return values[part] ?? part;
}
