// The read-only diagram of a replay: shows a state, tells which element was chosen.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import { fit, refitOnResize, textRenderer } from '../common/canvas.js';
import { element } from '../common/dom.js';
import { say } from '../common/language.js';
import { translation } from '../common/translate.js';
import { badgesOf, markersOf } from './states.js';

const words = () => ({ active: say('进行中', 'active'), cancelled: say('已取消', 'cancelled') });

export async function openDiagram(container, xml) {
  const viewer = new NavigatedViewer({ container, textRenderer, additionalModules: [translation] });
  await viewer.importXML(xml);
  const canvas = viewer.get('canvas');
  const registry = viewer.get('elementRegistry');
  const overlays = viewer.get('overlays');
  const selection = viewer.get('selection');
  const flows = registry.filter((shape) => shape.type === 'bpmn:SequenceFlow' && shape.waypoints)
    .map((flow) => ({ id: flow.id, source: flow.source?.id, target: flow.target?.id }));
  let shown = new Map();

  const refit = () => fit(canvas);
  refit();
  refitOnResize(container, refit);

  // Only what differs from the step before is touched: a step stays cheap on long histories.
  function mark(next) {
    const names = (markers, id) => markers.get(id) ?? [];
    for (const id of new Set([...shown.keys(), ...next.keys()])) {
      if (!registry.get(id)) continue;
      for (const name of names(shown, id)) if (!names(next, id).includes(name)) canvas.removeMarker(id, name);
      for (const name of names(next, id)) if (!names(shown, id).includes(name)) canvas.addMarker(id, name);
    }
    shown = next;
  }

  function badge(state) {
    overlays.remove({ type: 'replay' });
    for (const [id, text] of badgesOf(state, words())) {
      const shape = registry.get(id);
      if (!shape || shape.waypoints) continue;
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
    select(id) {
      selection.select((id && registry.get(id)) || null);
    },
    label: (id) => registry.get(id)?.businessObject?.name ?? null,
    onChoose(chosen) {
      viewer.get('eventBus').on('element.click', ({ element: shape }) => chosen(shape.labelTarget?.id ?? shape.id));
    },
    fit: refit,
    zoom: (factor) => canvas.zoom(canvas.zoom() * factor),
  };
}
