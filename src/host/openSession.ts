import type { Background } from '../session/background.ts';
import type { Session } from '../session/session.ts';
import type { ClusterSource } from './connection.ts';
import type { Log } from './log.ts';
import { readSetting } from './settings.ts';

export interface OpenSessionServices {
  readonly samplePath: string;
  readonly log: Log;
  readonly background: Background;
}

/** Opens a session of whichever source. Each backend is a bundle of its own, loaded when it is first needed. */
export async function openSession(
  source: ClusterSource,
  { samplePath, log, background }: OpenSessionServices,
  signal: AbortSignal,
): Promise<Session> {
  if (source.kind === 'live') {
    const { openLiveSession } = await import('../liveBackend.ts');
    return openLiveSession({ ...liveOptions(), context: source.context, log, background }, signal);
  }
  const { openSnapshotSession } = await import('../backend.ts');
  const path = source.kind === 'sample' ? samplePath : source.path;
  return openSnapshotSession(path, { kind: source.kind, log, background }, signal);
}

function liveOptions() {
  const kubeconfig = readSetting('calicoBpf.kubeconfig');
  return {
    ...(kubeconfig === '' ? {} : { kubeconfig }),
    limits: {
      concurrency: readSetting('calicoBpf.probe.concurrency'),
      timeoutMs: readSetting('calicoBpf.probe.timeout') * 1000,
      maxBytes: readSetting('calicoBpf.probe.maxBytes'),
    },
  };
}
