/** Makes an index of a list, or of a whole cluster, when it is first asked for, and keeps it for as long as that lives. */
export function indexOnce<List extends object, Index>(make: (list: List) => Index): (list: List) => Index {
  const indices = new WeakMap<List, { readonly index: Index }>();
  return (list) => {
    const known = indices.get(list) ?? { index: make(list) };
    indices.set(list, known);
    return known.index;
  };
}
