import { field } from '../../objects/object.ts';
import { advise, type Draft } from '../finding.ts';
import { objectEvidence, type KnownCluster } from '../knownCluster.ts';
import { keySubject } from '../subjects.ts';

/** A datastore that was locked: Felix waits for it to be released and takes nothing up until then. */
export function lockedDatastore(cluster: KnownCluster): readonly Draft[] {
  return cluster
    .objects('clusterinformations')
    .filter((object) => field(object, 'spec', 'datastoreReady') === false)
    .map((object) => ({
      severity: 'error',
      subject: keySubject('datastoreReady'),
      cause: 'datastoreReady',
      title:
        'The datastore is locked (datastoreReady is false): Felix does not start and takes no change up until it is released.',
      evidence: [
        objectEvidence(cluster, {
          resource: 'clusterinformations',
          object,
          shows: 'The state of the datastore.',
          value: 'datastoreReady: false',
        }),
      ],
      fix: advise(
        'A migration or an upgrade locked it and did not end: end it, or release it once nothing of it runs any more.',
        'calicoctl datastore migrate unlock',
      ),
    }));
}
