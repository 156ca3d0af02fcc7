import '../../support/vscode.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClusterError } from '../../../src/cluster/cluster.ts';
import type { NodeFacts } from '../../../src/core/nodes/node.ts';
import type { Session } from '../../../src/session/session.ts';

const { NodeAsker } = await import('../../../src/views/cluster/nodeAsker.ts');

/** A session whose nodes answer when they are told to. */
function slowSession() {
  const answers = new Map<string, PromiseWithResolvers<NodeFacts>>();
  const signals: AbortSignal[] = [];
  const node = (name: string, signal: AbortSignal) => {
    const answer = Promise.withResolvers<NodeFacts>();
    answers.set(name, answer);
    signals.push(signal);
    signal.addEventListener('abort', () => answer.reject(signal.reason as Error));
    return answer.promise;
  };
  // Only nodes are asked for here.
  const session = { node } as unknown as Session;
  return { session, signals, answer: (name: string) => answers.get(name)?.resolve(facts(name)), answers };
}

// Only its name is looked at here.
const facts = (name: string) => ({ name }) as NodeFacts;
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('each node is told of when it answers, and a slow one delays no other', async () => {
  const told: string[] = [];
  const asker = new NodeAsker((node) => told.push(node));
  const { session, answer } = slowSession();
  const all = asker.ask(session, ['a', 'b', 'slow']);
  await turn();
  answer('b');
  await turn();
  assert.deepEqual([told, asker.progress], [['b'], { done: 1, of: 3 }]);
  assert.deepEqual([asker.isAsking('slow'), asker.factsOf('b')?.name], [true, 'b']);
  answer('a');
  answer('slow');
  await all;
  assert.deepEqual([told, asker.progress], [['b', 'a', 'slow'], undefined]);
});

test('a node that fails keeps what it said before', async () => {
  const asker = new NodeAsker(() => {});
  const { session, answer, answers } = slowSession();
  const first = asker.ask(session, ['a']);
  await turn();
  answer('a');
  await first;
  const second = asker.ask(session, ['a']);
  await turn();
  answers.get('a')?.reject(new ClusterError('unreachable', 'It is silent.'));
  await second;
  assert.deepEqual([asker.factsOf('a')?.name, asker.isAsking('a')], ['a', false]);
});

test('who is asked already is not asked again; who was given up is not asked until it is resumed', async () => {
  const asker = new NodeAsker(() => {});
  const { session, signals, answer } = slowSession();
  void asker.ask(session, ['a']);
  void asker.ask(session, ['a']);
  await turn();
  assert.equal(signals.length, 1);
  asker.cancel();
  assert.deepEqual([signals[0]?.aborted, asker.progress], [true, undefined]);
  await asker.ask(session, ['a']);
  assert.equal(signals.length, 1);
  asker.resume();
  const again = asker.ask(session, ['a']);
  await turn();
  answer('a');
  await again;
  assert.equal(asker.factsOf('a')?.name, 'a');
});

test('nothing of one cluster is said of another', async () => {
  const asker = new NodeAsker(() => {});
  const { session, answer } = slowSession();
  const asked = asker.ask(session, ['a', 'b']);
  await turn();
  answer('a');
  await turn();
  asker.reset();
  await asked;
  assert.deepEqual([asker.factsOf('a'), asker.isAsking('b'), asker.progress], [undefined, false, undefined]);
});
