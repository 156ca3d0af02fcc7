/** The table of a dump with what follows from it, as a table's thread makes it. */
import { judgedObjects } from '../../src/core/facts/known.ts';
import type { NamingObjects } from '../../src/core/names/objects.ts';
import { TableService } from '../../src/core/table/service.ts';
import type { ProbeTarget, Session } from '../../src/session/session.ts';

export async function findFacts(
  session: Session,
  { node, probe }: ProbeTarget,
  edit = (text: string) => text,
) {
  const { signal } = new AbortController();
  const { text } = await session.text({ node, probe }, signal);
  const objects: NamingObjects = await session.objects(signal);
  const service = new TableService();
  service.begin({ side: 0, probe });
  service.push({ side: 0, bytes: new TextEncoder().encode(edit(text)) });
  const { questions } = service.read({ probe });
  for (const some of judgedObjects(objects)) service.know(some);
  const absent = service.judge({ node });
  service.name(questions.map(({ values }) => values.map(() => [])));
  return { service, absent };
}
