// The read-only diagram of a replay: shows a state, tells which element was chosen.
import { centre, fit, READABLE, refitOnResize } from '../common/canvas.js';
import { element } from '../common/dom.js';
import { isBox, isOpen, Planes } from '../common/planes.js';
import { say } from '../common/language.js';
import { openViewer } from '../common/viewer.js';
import { badgesOf, markersOf } from './states.js';

const words = () => ({ active: say('进行中', 'active'), cancelled: say('已取消', 'cancelled') });

export async function openDiagram(container, xml) {
  const viewer = await openViewer(container, xml);
  const canvas = viewer.get('canvas');
  const registry = viewer.get('elementRegistry');
  const overlays = viewer.get('overlays');
  const selection = viewer.get('selection');
  const planes = new Planes(viewer);
  const flows = registry.filter((shape) => shape.type === 'bpmn:SequenceFlow' && shape.waypoints)
    .map((flow) => ({ id: flow.id, source: flow.source?.id, target: flow.target?.id }));
  let shown = new Map();

  // A large diagram is not squeezed into the frame: it follows the step from plane to plane, unless
  // the whole is asked for.
  let whole = false;
  let current = null;
  let large = false;
  let told = () => {};
  function look() {
    fit(canvas);
    large = canvas.zoom() < READABLE;
    const shape = focus();
    if (large && !whole && shape) centre(canvas, shape);
    told(large || planes.count > 1);
  }
  function focus() {
    const shape = registry.get(current);
    return (shape && planes.standIn(shape)) ?? registry.find((each) =>
      each.type === 'bpmn:StartEvent' && planes.isShown(each));
  }
  look();
  refitOnResize(container, look);
  planes.onChange(() => { selectShown(); look(); });

  let selected = null;
  function selectShown() {
    const shape = registry.get(selected);
    selection.select((shape && planes.standIn(shape)) || null);
  }

  // Only what differs from the step before is touched: a step stays cheap on long histories.
  function mark(next) {
    const names = (markers, id) => markers.get(id) ?? [];
    for (const id of new Set([...shown.keys(), ...next.keys()])) {
      if (!registry.get(id) || isOpen(registry.get(id))) continue;
      for (const name of names(shown, id)) if (!names(next, id).includes(name)) canvas.removeMarker(id, name);
      for (const name of names(next, id)) if (!names(shown, id).includes(name)) canvas.addMarker(id, name);
    }
    shown = next;
  }

  function badge(state) {
    overlays.remove({ type: 'replay' });
    for (const [id, text] of badgesOf(state, words())) {
      const shape = registry.get(id);
      if (!shape || shape.waypoints || isOpen(shape)) continue;
      const kind = text.startsWith('●') ? 'active' : 'done';
      overlays.add(id, 'replay', {
        position: { top: -14, left: -4 },
        html: element('span', { class: `replay-badge replay-badge-${kind}` }, text),
      });
    }
  }

  return {
    show(state) {
      mark(markersOf(state, flows));
      badge(state);
    },
    // `look at` is what the plane is chosen by, where it is not the selected element.
    select(id, lookAt = id) {
      selected = id;
      current = lookAt ?? current;
      if (!whole) planes.show(registry.get(current));
      selectShown();
      if (large && !whole) look();
    },
    label: (id) => registry.get(id)?.businessObject?.name ?? null,
    onChoose(chosen) {
      viewer.get('eventBus').on('element.click', ({ element: shape }) => {
        if (isBox(shape)) planes.enter(shape);
        else chosen(shape.labelTarget?.id ?? shape.id);
      });
    },
    showWhole(wanted) {
      whole = wanted;
      planes.go(whole ? planes.home : canvas.findRoot(registry.get(current)));
      look();
    },
    // Told at once and after every change of the frame's size.
    onLook(listener) {
      told = listener;
      told(large || planes.count > 1);
    },
  };
}
