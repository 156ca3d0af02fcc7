import { after, before, test } from 'node:test';
import {
  openWorkbench,
  runCommand,
  showContainer,
  takePicture,
  treeRow,
  type Workbench,
} from './workbench.ts';

let workbench: Workbench;

before(async () => {
  workbench = await openWorkbench({
    files: {
      'recorded/snapshot.json': '{ "format": "calico-ebpf-snapshot", "version": 2, "cluster": "tomorrow" }',
    },
  });
});

after(async () => {
  await workbench.close();
});

test('a snapshot of a newer format is refused with what to do', async () => {
  const { page } = workbench;
  await showContainer(page);
  await runCommand(page, 'Calico eBPF: Open Snapshot');
  await page.keyboard.press('Escape');
  await takePicture(page, 'newer-snapshot');
  await treeRow(page, /newer|update/i)
    .first()
    .waitFor();
});
