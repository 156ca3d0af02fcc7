/** `npm run build`: sets up and makes `dist/`; `--dev` keeps names and adds source maps. */
import { bundle } from './bundle.mjs';
import { makeReady, runScript } from './setup/ready.mjs';
import { say } from './setup/run.mjs';

await runScript(async (args) => {
  await makeReady();
  const { outputs } = await bundle({ minify: !args.includes('--dev') });
  for (const [file, { bytes }] of Object.entries(outputs)) {
    if (!file.endsWith('.map')) say(`${file}  ${(bytes / 1024).toFixed(0)} KB`);
  }
});
