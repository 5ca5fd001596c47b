// What the diagram shows after an event: which elements are active, done, and how often.

// The flows that were taken: told by the server (`state.path`, or flows among `done`), otherwise
// those between two elements that were reached — drawn as a hint, never as evidence.
export function pathOf(state, flows) {
  if (state.path) return new Set(state.path);
  const done = new Set(state.done ?? []);
  const told = flows.filter((flow) => done.has(flow.id));
  if (told.length) return new Set(told.map((flow) => flow.id));
  const reached = new Set([...done, ...(state.active ?? [])]);
  return new Set(flows.filter((flow) => done.has(flow.source) && reached.has(flow.target))
    .map((flow) => flow.id));
}

export function markersOf(state, flows) {
  const markers = new Map();
  const mark = (id, name) => markers.set(id, [...(markers.get(id) ?? []), name]);
  const active = new Set(state.active ?? []);
  for (const id of state.done ?? []) if (!active.has(id)) mark(id, 'replay-done');
  for (const id of active) mark(id, 'replay-active');
  for (const id of state.cancelled ?? []) mark(id, 'replay-cancelled');
  for (const id of pathOf(state, flows)) mark(id, 'replay-path');
  return markers;
}

// Text beside the colour: a badge per element that people must be able to read without colours.
export function badgesOf(state, words) {
  const active = new Set(state.active ?? []);
  const cancelled = new Set(state.cancelled ?? []);
  const badges = new Map();
  for (const id of new Set([...active, ...cancelled, ...(state.done ?? [])])) {
    const count = state.count?.[id] ?? 1;
    if (active.has(id)) badges.set(id, count > 1 ? `● ${words.active} ×${count}` : `● ${words.active}`);
    else if (cancelled.has(id)) badges.set(id, `✕ ${words.cancelled}`);
    else badges.set(id, count > 1 ? `✓ ×${count}` : '✓');
  }
  return badges;
}
