// A version as it was drawn, above the table of its steps: a step chosen in either is shown in both.
import { element } from '../common/dom.js';
import { say } from '../common/language.js';
import { loadDiagram } from '../common/load.js';
import { openDiagram } from './diagram.js';
import { wholeSwitch } from './whole.js';

export async function drawn(root) {
  const fallback = [...root.children]; // what the server rendered for readers without scripts
  const canvas = element('div', { class: 'drawn-canvas', role: 'group', 'aria-label': say('流程图', 'Diagram') });
  const fit = element('button', { type: 'button' });
  const now = element('output', { class: 'drawn-now', 'aria-live': 'polite' },
    say('在图上或表中选一个环节', 'Choose a step on the diagram or in the table'));
  root.append(canvas, element('div', { class: 'drawn-bar replay-buttons' }, fit, now));
  const diagram = await openDiagram(canvas, await loadDiagram(root.dataset.diagram));
  for (const part of fallback) part.hidden = true;
  root.classList.add('drawn-ready');
  wholeSwitch(fit, diagram);

  const rows = [...document.querySelectorAll('tr[data-element]')];
  function choose(id) {
    diagram.select(id);
    for (const row of rows) row.classList.toggle('drawn-chosen', row.dataset.element === id);
    const row = rows.find((each) => each.dataset.element === id);
    const words = row ? [...row.cells].map((cell) => cell.textContent.trim()) : [diagram.label(id)];
    now.replaceChildren(element('span', { lang: 'zh' }, words.filter(Boolean).join('　')));
  }
  for (const row of rows) {
    const step = row.querySelector('[data-step]');
    const show = () => { choose(row.dataset.element); root.scrollIntoView({ block: 'nearest' }); };
    step.replaceWith(element('button', { type: 'button', class: 'drawn-step', onclick: show }, ...step.childNodes));
  }
  diagram.onChoose(choose);
}
