import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PlannedChange } from '../../src/cluster/changes.ts';
import { questionFor, refusalMessage } from '../../src/configuration/words.ts';

const nodes = ['a', 'b', 'c'].map((name) => ({ metadata: { name } }));
const object = (name: string, spec = {}) => ({ metadata: { name }, spec });

function question(given: Partial<PlannedChange>, there: typeof nodes | undefined = nodes) {
  const change: PlannedChange = {
    ref: { resource: 'felixconfigurations.projectcalico.org', name: 'default' },
    way: 'apply',
    before: object('default'),
    after: object('default'),
    changes: [{ key: 'bpfLogLevel', before: undefined, after: 'Debug' }],
    kept: [],
    takenOver: [],
    keeper: undefined,
    warnings: [],
    body: object('default'),
    ...given,
  };
  return questionFor(change, 'shop', there);
}

test('says what changes, from what to what, and which nodes restart Felix', () => {
  assert.deepEqual(question({}), {
    title: 'Change FelixConfiguration default on shop?',
    detail:
      'bpfLogLevel: not set → Debug\n\n' +
      'Felix restarts on 3 of 3 nodes: a, b, c. It reprograms the dataplane there; established connections go on.',
  });
});

test('counts the nodes that an object is for, before and after', () => {
  const node = question({ before: undefined, after: object('node.b'), way: 'create' });
  assert.match(node.title, /^Create/);
  assert.match(node.detail, /restarts on 1 of 3 nodes: b\./);
  assert.match(question({ before: undefined, after: object('node.z') }).detail, /nothing restarts/);
  const harmless = { key: 'healthTimeoutOverrides', before: 1, after: 2 };
  assert.match(question({ changes: [harmless] }).detail, /without a restart/);
  assert.match(
    questionFor({ ...fullChange(), changes: [] }, 'shop', undefined).detail,
    /labels or annotations/,
  );
});

test('says so when the nodes are not known', () => {
  assert.match(questionFor(fullChange(), 'shop', undefined).detail, /you may not list nodes/);
});

function fullChange(): PlannedChange {
  return {
    ref: { resource: 'felixconfigurations.projectcalico.org', name: 'default' },
    way: 'apply',
    before: object('default'),
    after: object('default'),
    changes: [{ key: 'bpfLogLevel', before: 'Debug', after: 'Off' }],
    kept: ['vxlanEnabled'],
    takenOver: [{ field: 'spec.bpfLogLevel', message: 'conflict with "kubectl" using v1' }],
    keeper: 'Flux',
    warnings: ['deprecated'],
    body: object('default'),
  };
}

test('says what stays, whose fields are taken over, who may put it back, and what the server warns of', () => {
  const { detail } = questionFor(fullChange(), 'shop', nodes);
  assert.match(detail, /the file does not name it: vxlanEnabled\./);
  assert.match(detail, /Taken over from kubectl: bpfLogLevel\./);
  assert.match(detail, /kept by Flux, which may put the change back/);
  assert.match(detail, /The API server warns: deprecated/);
});

test('a long list of changes is cut, and says so', () => {
  const changes = Array.from({ length: 40 }, (_, i) => ({
    key: `key${i}`,
    before: 'x'.repeat(200),
    after: i,
  }));
  const { detail } = question({ changes });
  assert.match(detail, /… and 25 more/);
  assert.ok(detail.split('\n').every((line) => line.length < 200));
});

test('a refusal names every place', () => {
  const causes = [
    { field: 'spec.bpfx', message: 'this field is not known to the server' },
    { field: '', message: 'and more' },
  ];
  assert.equal(
    refusalMessage('default', 'bad request', causes),
    'The API server does not take FelixConfiguration default; nothing was changed.\nspec.bpfx: this field is not known to the server\nand more',
  );
  assert.match(refusalMessage('default', 'Bad request.', []), /Bad request\.$/);
});
