// Two versions of a diagram side by side, with the list of what differs: choosing a line shows the
// element in both halves. Both values are read from the two models themselves.
import { centre, fit, READABLE, refitOnResize } from '../common/canvas.js';
import { element } from '../common/dom.js';
import { say } from '../common/language.js';
import { loadDiagram } from '../common/load.js';
import { Planes } from '../common/planes.js';
import { openViewer } from '../common/viewer.js';
import { changesOf, kindOf, partsOf, titleOf } from './describe.js';

const WORDS = () => ({ added: say('新增', 'Added'), removed: say('删除', 'Removed'), changed: say('修改', 'Changed') });

export async function compare(root) {
  const fallback = [...root.children];
  const [older, newer] = await Promise.all([loadDiagram(root.dataset.old), loadDiagram(root.dataset.new)]);
  const left = await half(root, root.dataset.oldTitle ?? say('原版本', 'Before'), older);
  const right = await half(root, root.dataset.newTitle ?? say('新版本', 'After'), newer);
  const changes = changesOf(partsOf(left.definitions), partsOf(right.definitions));
  for (const part of fallback) part.hidden = true;

  for (const { id, kind } of changes) {
    if (kind !== 'added') left.mark(id, `diff-${kind}`, WORDS()[kind]);
    if (kind !== 'removed') right.mark(id, `diff-${kind}`, WORDS()[kind]);
  }
  root.append(listOf(changes, (id) => { left.reveal(id); right.reveal(id); }));
  root.dataset.changes = changes.length;
}

async function half(root, title, xml) {
  const container = element('div', { class: 'diff-canvas' });
  root.append(element('section', { class: 'diff-half', 'aria-label': title },
    element('h3', {}, title), container));
  const viewer = await openViewer(container, xml);
  const canvas = viewer.get('canvas');
  const registry = viewer.get('elementRegistry');
  const planes = new Planes(viewer);
  const marked = new Set();
  fit(canvas);
  refitOnResize(container, () => fit(canvas));
  planes.onChange(() => fit(canvas));

  function badge(shape, marker, text) {
    marked.add(shape);
    canvas.addMarker(shape, marker);
    if (shape.waypoints || planes.isRoot(shape)) return;
    viewer.get('overlays').add(shape, 'diff', { position: { top: -14, left: -4 },
      html: element('span', { class: `diff-badge ${marker}-badge` }, text) });
  }

  return {
    definitions: viewer.getDefinitions(),
    mark(id, marker, word) {
      const shape = registry.get(id);
      if (!shape) return;
      badge(shape, marker, word);
      for (const box of planes.around(shape)) {
        if (!marked.has(box)) badge(box, 'diff-changed', say('内有差别', 'Differs inside'));
      }
    },
    reveal(id) {
      const shape = registry.get(id);
      const inside = shape && !planes.isRoot(shape);
      planes.show(inside ? shape : null);
      viewer.get('selection').select(inside ? shape : null);
      if (inside && canvas.zoom() <= READABLE) centre(canvas, shape);
      else if (inside) canvas.scrollToElement(shape, 60);
    },
  };
}

function listOf(changes, choose) {
  if (!changes.length) {
    return element('p', { class: 'diff-none' }, say('两个版本没有差别（位置除外）。', 'The versions do not differ (apart from positions).'));
  }
  return element('ol', { class: 'diff-list', 'aria-label': say('差别', 'Differences') },
    ...changes.map(({ id, model, kind, values }) => element('li', { class: `diff-item-${kind}` },
      element('button', { type: 'button', onclick: () => choose(id) },
        element('strong', {}, WORDS()[kind]), ` ${kindOf(model)}「${titleOf(model)}」`),
      values.length ? element('ul', {}, ...values.map(valueLine)) : null)));
}

function valueLine({ name, before, after }) {
  return element('li', {}, `${name}：`,
    element('del', {}, before ?? say('（无）', '(none)')), ' → ',
    element('ins', {}, after ?? say('（无）', '(none)')));
}
