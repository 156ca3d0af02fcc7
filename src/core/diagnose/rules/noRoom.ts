import { findFirst, type Sought } from '../../text/sought.ts';
import type { KnownNode } from '../knownNode.ts';

/** What Felix says when the kernel takes no more entries (E2BIG). */
export const noRoom: Sought = {
  words: ['argument list too long', 'no space left'],
  pattern:
    /(?:[Ff]ailed to (?:update|write|set)|[Ee]rror updating)[^\n]*(?:map|ifstate|iface)[^\n]*(?:argument list too long|no space left)/,
};

/** Whether Felix could not write to a map since its start. */
export function lacksRoom(node: KnownNode): boolean {
  return findFirst(node.currentLog()?.text ?? '', noRoom) !== null;
}
