import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settingsOf } from '../../src/configuration/effective.ts';

test('the last source wins, whatever the case of the name, and whom it outranks is kept', () => {
  const sources = new Map([
    [
      'default FelixConfiguration',
      new Map([
        ['BPFLogLevel', 'Off'],
        ['VXLANEnabled', 'true'],
      ]),
    ],
    ['FelixConfiguration of the node', new Map([['BPFLogLevel', 'Debug']])],
    [
      'environment',
      new Map([
        ['bpfloglevel', 'Info'],
        ['datastoretype', 'kubernetes'],
      ]),
    ],
  ] as const);
  const settings = settingsOf({ values: new Map(), sources });
  assert.deepEqual(
    settings.map(({ key, value, origin }) => [key, value, origin]),
    [
      ['bpfLogLevel', 'Info', 'environment'],
      ['datastoretype', 'kubernetes', 'environment'],
      ['vxlanEnabled', 'true', 'default FelixConfiguration'],
    ],
  );
  assert.deepEqual(
    settings[0]?.outranked.map(({ value }) => value),
    ['Debug', 'Off'],
  );
});
