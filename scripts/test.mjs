/**
 * `npm test`: checks the code and runs every tier of tests after the set-up; `npm test -- unit workbench` runs
 * some of them. Ends with `N passed, N failed` over all, and fails when a tier failed or ran no test.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { check } from './check.mjs';
import { packageExtension } from './package.mjs';
import { cacheFolder } from './setup/cache.mjs';
import { provideBrowser } from './setup/browser.mjs';
import { provideEditor } from './setup/editor.mjs';
import { root } from './setup/node.mjs';
import { provideTestCluster } from './setup/testCluster.mjs';
import { makeReady, runScript } from './setup/ready.mjs';
import { run, say } from './setup/run.mjs';

const results = join(root, 'test-results');

const tiers = {
  unit: {
    owns: (file) => !isContract(file) && !isWorkbench(file) && !isLive(file),
    args: [`--test-concurrency=${availableParallelism()}`],
  },
  contract: { owns: isContract },
  // Each file has a cluster of its own, and mostly waits for it.
  cluster: { owns: ownsLive, args: ['--test-concurrency=4'], prepare: provideTestCluster },
  workbench: { owns: ownsWorkbench, args: ['--test-concurrency=1'], prepare: prepareWorkbench },
};

const hasOtherCluster = Boolean(process.env.CALICO_EBPF_TEST_KUBECONFIG);

function isContract(file) {
  return file.endsWith('.contract.test.ts');
}

function isLive(file) {
  return /^live[\\/]/.test(file);
}

/** With a cluster of somebody's, the tests that need our own are left out: here, and in the editor. */
function ownsLive(file) {
  const isForAny = file.endsWith('anyCluster.test.ts');
  return isLive(file) && isForAny === Boolean(process.env.CALICO_EBPF_TEST_KUBECONFIG);
}

function isWorkbench(file) {
  return /^workbench[\\/]/.test(file);
}

function ownsWorkbench(file) {
  return isWorkbench(file) && !(hasOtherCluster && file.endsWith('live.test.ts'));
}

await runScript(async (wanted) => {
  const unknown = wanted.find((name) => name !== 'check' && tiers[name] === undefined);
  if (unknown !== undefined)
    throw new Error(`There is no tier “${unknown}”; there are check, ${Object.keys(tiers).join(', ')}.`);
  const isWanted = (name) => wanted.length === 0 || wanted.includes(name);

  const node = await makeReady();
  mkdirSync(results, { recursive: true });
  const failedChecks = isWanted('check') ? await check(node) : [];
  const outcomes = [];
  for (const [name, tier] of Object.entries(tiers)) {
    if (isWanted(name)) outcomes.push(await runTier(node, name, tier));
  }
  return report(failedChecks, outcomes);
});

async function runTier(node, name, { owns, args = [], prepare = async () => ({}) }) {
  say(`\n── ${name} ──`);
  const files = testFiles()
    .filter(owns)
    .map((file) => join('test', file));
  const counts = join(results, `${name}.json`);
  rmSync(counts, { force: true });
  // Every test file is a process of its own: what one has compiled the others need not.
  const compiled = { NODE_COMPILE_CACHE: join(cacheFolder, 'compiled') };
  const env = { ...node.env, NODE_NO_WARNINGS: '1', ...compiled, ...(await prepare(node)) };
  const reporters = ['--test-reporter=dot', '--test-reporter-destination=stderr'];
  reporters.push('--test-reporter=./scripts/testFailures.mjs', '--test-reporter-destination=stderr');
  reporters.push('--test-reporter=./scripts/testCounts.mjs', `--test-reporter-destination=${counts}`);
  const code =
    files.length === 0
      ? 1
      : await run(node.program, ['--test', ...args, ...reporters, ...files], { cwd: root, env });
  const {
    passed = 0,
    failed = 0,
    skipped = 0,
  } = existsSync(counts) ? JSON.parse(readFileSync(counts, 'utf8') || '{}') : {};
  return { name, code, passed, failed, skipped };
}

function testFiles() {
  const files = readdirSync(join(root, 'test'), { recursive: true });
  return files.filter((file) => file.endsWith('.test.ts')).toSorted();
}

async function prepareWorkbench(node) {
  const vsix = join(results, 'calico-ebpf.vsix');
  const [editor, browser] = [await provideEditor(node), await provideBrowser()];
  await packageExtension(node, vsix);
  return {
    ...(await provideTestCluster(node)),
    CALICO_EBPF_EDITOR: editor,
    CALICO_EBPF_BROWSER: browser,
    CALICO_EBPF_VSIX: vsix,
  };
}

function report(failedChecks, outcomes) {
  say('');
  for (const { name, code, passed, failed, skipped } of outcomes) {
    const empty = passed + failed === 0 ? ': no test ran' : '';
    say(
      `${code === 0 && empty === '' ? 'ok    ' : 'FAILED'} ${name}: ${passed} passed, ${failed} failed, ${skipped} skipped${empty}`,
    );
  }
  for (const name of failedChecks) say(`FAILED check: ${name}`);
  const sum = (field) => outcomes.reduce((total, outcome) => total + outcome[field], 0);
  process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed\n`);
  const isFine =
    failedChecks.length === 0 && outcomes.every((outcome) => outcome.code === 0 && outcome.passed > 0);
  return isFine ? 0 : 1;
}
