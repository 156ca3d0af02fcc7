import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  exitCodeOf,
  isPassing,
  LostConnection,
  StatusError,
  toClusterError,
} from '../../../src/cluster/kubernetes/failure.ts';
import { ClusterError } from '../../../src/cluster/cluster.ts';

const status = (code: number, message: string) => new StatusError(code, JSON.stringify({ message }));
const withCode = (code: string) => Object.assign(new Error('low-level words'), { code });

const forbidden = (rest: string) =>
  status(403, `pods is forbidden: User "kim" cannot create resource "pods/exec" in API group ""${rest}`);

for (const [error, reason, words] of [
  [
    forbidden(' in the namespace "shop"'),
    'forbidden',
    /“create pods\/exec” in namespace shop\. The API server/,
  ],
  [forbidden(' at the cluster scope'), 'forbidden', /“create pods\/exec” in the whole cluster/],
  [
    status(
      403,
      'x is forbidden: User "kim" cannot list resource "tiers" in API group "crd.projectcalico.org"',
    ),
    'forbidden',
    /“list tiers.crd.projectcalico.org”/,
  ],
  [status(401, 'Unauthorized'), 'forbidden', /Log in again/],
  [status(404, 'not found'), 'not-recorded', /is not there/],
  [status(429, 'slow down'), 'unreachable', /busy \(429\): slow down\./],
  [status(500, 'etcd is down'), 'unreachable', /\(500\): etcd is down\./],
  [status(422, 'invalid'), 'failed', /\(422\): invalid\./],
  [new StatusError(502, '<html>Bad gateway</html>'), 'unreachable', /<html>Bad gateway<\/html>\./],
  [withCode('ENOTFOUND'), 'unreachable', /name of the API server is not known/],
  [withCode('CERT_HAS_EXPIRED'), 'unreachable', /certificate has expired/],
  [withCode('EXOTIC'), 'unreachable', /low-level words\./],
  [new LostConnection('The connection was lost.'), 'unreachable', /lost\.$/],
] as const) {
  test(`${error.message} becomes “${reason}”, in words`, () => {
    const failure = toClusterError(error, 'List pods');
    assert.ok(failure instanceof ClusterError);
    assert.equal(failure.reason, reason);
    assert.match(failure.message, /^List pods failed: .*\.$/);
    assert.match(failure.message, words);
    assert.equal(failure.cause, error);
  });
}

test('a bug stays a bug', () => {
  const bug = new TypeError('undefined is not a function');
  assert.equal(toClusterError(bug, 'List pods'), bug);
});

test('what passes is told from what does not', () => {
  for (const error of [status(429, ''), status(503, ''), new LostConnection(''), withCode('ECONNRESET')]) {
    assert.equal(isPassing(error), true, error.message);
  }
  for (const error of [status(401, ''), status(403, ''), withCode('CERT_HAS_EXPIRED'), new Error('bug')]) {
    assert.equal(isPassing(error), false, error.message);
  }
});

test('the server says how long to wait, in a header or in its status', () => {
  assert.equal(new StatusError(429, '', '7').retryAfterMs, 7000);
  assert.equal(new StatusError(429, '{"details":{"retryAfterSeconds":3}}').retryAfterMs, 3000);
  assert.equal(new StatusError(429, '', 'Wed, 21 Oct 2026 07:28:00 GMT').retryAfterMs, undefined);
});

test('the exit status is read from the status that ends an exec', () => {
  const ended = (message: string) => ({
    status: 'Failure',
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message }] },
  });
  assert.equal(exitCodeOf({ status: 'Success' }), 0);
  assert.equal(exitCodeOf(ended('137')), 137);
  assert.equal(exitCodeOf(ended('soon')), undefined);
  assert.equal(exitCodeOf({ status: 'Failure', reason: 'InternalError' }), undefined);
  assert.equal(exitCodeOf(undefined), undefined);
});
