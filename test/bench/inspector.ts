import assert from 'node:assert/strict';
import { once } from 'node:events';
import { field, textField } from '../../src/core/objects/object.ts';
import { until } from '../live/objects.ts';

/** Another Node process, which evaluates what it is told. */
export interface Inspected {
  evaluate(expression: string): Promise<unknown>;
  close(): void;
}

/** Speaks with a Node process by the inspector, which opens when the process is signalled. */
export async function inspect(pid: number): Promise<Inspected> {
  process.kill(pid, 'SIGUSR1');
  const target = await until(async () => {
    const answer = await fetch('http://127.0.0.1:9229/json/list');
    const [first]: readonly unknown[] = (await answer.json()) as readonly unknown[];
    return textField(first, 'webSocketDebuggerUrl') ?? assert.fail('No target.');
  });
  const socket = new WebSocket(target);
  await once(socket, 'open');
  let count = 0;
  return {
    evaluate: async (expression) => {
      const id = ++count;
      socket.send(JSON.stringify({ id, method: 'Runtime.evaluate', params: { expression } }));
      for (;;) {
        const [event] = (await once(socket, 'message')) as readonly unknown[];
        const answer: unknown = JSON.parse(textField(event, 'data') ?? '');
        if (field(answer, 'id') === id) return field(answer, 'result', 'result', 'value');
      }
    },
    close: () => socket.close(),
  };
}
