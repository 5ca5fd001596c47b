// <div data-pick> is a long list of boxes in <details>: the box that filters it appears, and the counts stay
// true. <details data-card> says in its summary which boxes inside it are ticked. Both fold without scripts.

export function picks() {
  document.querySelectorAll('[data-pick]').forEach(pick);
  document.querySelectorAll('[data-card]').forEach(card);
}

function pick(list) {
  const filter = list.querySelector('[data-pick-filter]');
  const groups = [...list.querySelectorAll('details')];
  const atFirst = groups.map((group) => group.open);
  filter.hidden = false;
  filter.addEventListener('keydown', (key) => { if (key.key === 'Enter') key.preventDefault(); });
  filter.addEventListener('input', () => {
    const wanted = filter.value.trim().toLowerCase();
    groups.forEach((group, place) => narrow(group, wanted, atFirst[place]));
    list.querySelector('[data-pick-none]').hidden = groups.some((group) => !group.hidden);
  });
  list.addEventListener('change', () => {
    count(list.querySelector('.pick-head'), list);
    groups.forEach((group) => count(group, group));
  });
}

function narrow(group, wanted, openAtFirst) {
  const whole = group.querySelector('summary span').textContent.toLowerCase().includes(wanted);
  let shown = 0;
  for (const choice of group.querySelectorAll('.choice')) {
    choice.hidden = !whole && !choice.textContent.toLowerCase().includes(wanted);
    shown += choice.hidden ? 0 : 1;
  }
  group.hidden = shown === 0;
  group.open = wanted ? shown > 0 : openAtFirst || group.querySelector(':checked') !== null;
}

function count(place, boxes) {
  const told = place.querySelector('[data-pick-count]');
  const ticked = boxes.querySelectorAll(':checked').length;
  told.textContent = told.dataset.pickCount.replace('#', ticked);
  if (told.matches('.tag')) told.hidden = ticked === 0;
}

function card(folded) {
  const state = folded.querySelector('[data-card-state]');
  folded.addEventListener('change', () => {
    const ticked = [...folded.querySelectorAll('.choice :checked')].map((box) => box.parentElement.textContent.trim());
    state.textContent = ticked.join('；') || state.dataset.cardState;
    state.className = `tag ${ticked.length ? 'good' : 'warn'}`;
  });
}
