import { editor } from '../support/vscode.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClusterError } from '../../src/cluster/cluster.ts';

const { showFailure } = await import('../../src/host/failures.ts');
const { createLog } = await import('../../src/host/log.ts');

test('one cause is told once while it is shown, and again when it comes back', async () => {
  const log = createLog();
  const error = new ClusterError('unreachable', 'The API server does not answer.');
  await Promise.all([
    showFailure(error, 'Reading the nodes', log),
    showFailure(error, 'Reading the pods', log),
    showFailure(new ClusterError('forbidden', 'You may not.'), 'Reading the pods', log),
  ]);
  assert.deepEqual(editor.errors, [error.message, 'You may not.']);
  await showFailure(error, 'Reading the nodes', log);
  assert.equal(editor.errors.length, 3);
});
