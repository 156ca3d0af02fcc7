import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pcapError } from '../../../src/core/felix/syntax/pcap.ts';
import { rowExpression } from '../../../src/core/table/rowExpression.ts';

function checkExpression(cells: Readonly<Record<string, string>>, expected: string | undefined): void {
  const expression = rowExpression(Object.entries(cells).map(([column, text]) => ({ column, text })));
  assert.equal(expression, expected);
  if (expression !== undefined) assert.equal(pcapError(expression), undefined);
}

test('a connection is what goes between its ends, whatever address its service has', () => {
  checkExpression({ src: '10.65.0.2:40000', dst: '10.65.1.3:80' }, 'host 10.65.0.2 and host 10.65.1.3');
  checkExpression(
    { from: '10.65.0.2:40000', to: '10.96.0.1:80', backend: '10.65.1.3:8080' },
    'host 10.65.0.2 and (host 10.96.0.1 or host 10.65.1.3)',
  );
  checkExpression({ src: '[fd00::1]:40000', dst: '[fd00::2]:80' }, 'host fd00::1 and host fd00::2');
});

test('a service is its frontend or its backend', () => {
  checkExpression(
    { frontend: '10.96.0.1:80', backend: '10.65.1.3:8080' },
    'host 10.96.0.1 or host 10.65.1.3',
  );
});

test('one address is enough, none is nothing', () => {
  checkExpression({ from: '10.65.0.2', to: '' }, 'host 10.65.0.2');
  checkExpression({ from: '', to: '0.0.0.0:0' }, undefined);
});
