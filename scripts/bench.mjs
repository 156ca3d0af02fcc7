/**
 * `npm run bench`: measures, prints tables and writes `bench-results/<name>.json`; `npm run bench -- parse` runs
 * one of them. Nothing is asserted.
 */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageExtension } from './package.mjs';
import { provideBrowser } from './setup/browser.mjs';
import { provideEditor } from './setup/editor.mjs';
import { root } from './setup/node.mjs';
import { makeReady, runScript } from './setup/ready.mjs';
import { run, say } from './setup/run.mjs';
import { provideTestCluster } from './setup/testCluster.mjs';

/** Takes half an hour, so it runs only when it is named. */
const onlyNamed = ['soak'];

const results = join(root, 'bench-results');

await runScript(async (wanted) => {
  const names = readdirSync(join(root, 'test', 'bench'))
    .filter((file) => file.endsWith('.bench.ts'))
    .map((file) => file.replace('.bench.ts', ''));
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new Error(`There is no benchmark “${unknown}”; there are ${names.join(', ')}.`);

  const node = await makeReady();
  mkdirSync(results, { recursive: true });
  const vsix = join(results, 'calico-ebpf.vsix');
  await packageExtension(node, vsix);
  const env = {
    ...node.env,
    NODE_NO_WARNINGS: '1',
    CALICO_EBPF_RESULTS: results,
    CALICO_EBPF_VSIX: vsix,
    CALICO_EBPF_EDITOR: await provideEditor(node),
    CALICO_EBPF_BROWSER: await provideBrowser(),
    ...(await provideTestCluster(node)),
  };
  let failed = 0;
  for (const name of names.filter((each) =>
    wanted.length === 0 ? !onlyNamed.includes(each) : wanted.includes(each),
  )) {
    say(`\n── ${name} ──`);
    const file = join('test', 'bench', `${name}.bench.ts`);
    const code = await run(node.program, ['--expose-gc', file], { cwd: root, env, stdio: ['ignore', 1, 2] });
    if (code !== 0) failed++;
  }
  return failed === 0 ? 0 : 1;
});
