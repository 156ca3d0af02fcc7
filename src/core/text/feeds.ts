/** How many line feeds stand before a place, from another on. */
export function countFeeds(text: string, end: number, start = 0): number {
  let count = 0;
  for (let at = text.indexOf('\n', start); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

/** The last line feed before a place; −1 for none. */
export function lastFeed(text: string, end: number): number {
  return end === 0 ? -1 : text.lastIndexOf('\n', end - 1);
}
