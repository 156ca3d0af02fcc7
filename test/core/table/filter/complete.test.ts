import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completeFilter } from '../../../../src/core/table/filter/complete.ts';
import { namedSample } from '../tables.ts';

const table = await namedSample('conntrack.dump');

/** What the text becomes by each of the completions at its `|`. */
function completed(marked: string): readonly string[] {
  const caret = marked.indexOf('|');
  const text = marked.replace('|', '');
  return completeFilter(table, text, caret).map(
    ({ insert, span }) => text.slice(0, span.start) + insert + text.slice(span.end),
  );
}

test('where a term begins, keys of the table are offered', () => {
  assert.ok(completed('|').includes('proto:'));
  assert.deepEqual(completed('proto:tcp po|'), ['proto:tcp pod:', 'proto:tcp port:']);
  assert.deepEqual(completed('-stat| x'), ['-state: x']);
});

test('behind a key its values are offered, those that begin so first', () => {
  assert.deepEqual(completed('state:|'), [
    'state:CLOSED',
    'state:ESTABLISHED',
    'state:RESET',
    'state:SYN-SENT',
  ]);
  assert.deepEqual(completed('-state:syn|'), ['-state:SYN-SENT']);
  assert.deepEqual(completed('proto:tcp,u|'), ['proto:tcp,UDP']);
  const pods = completed('pod:shop/f|');
  assert.ok(pods.length > 0);
  for (const pod of pods) assert.match(pod, /^pod:\S*shop\/f/);
});

test('what is already there is not offered again', () => {
  assert.deepEqual(completed('state:syn-sent|'), []);
  assert.deepEqual(completed('proto:tcp,|'), ['proto:tcp,ICMP', 'proto:tcp,UDP']);
  assert.deepEqual(completed('proto:UDP,"TCP",|'), ['proto:UDP,"TCP",ICMP']);
});

test('where nothing is known, nothing is offered', () => {
  assert.deepEqual(completed('colour:|'), []);
  assert.deepEqual(completed('port:8|'), []);
  assert.deepEqual(completed('"proto:|'), []);
});
