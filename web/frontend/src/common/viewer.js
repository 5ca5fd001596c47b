// A diagram to be read: moved and enlarged, an element chosen and outlined, nothing changed.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import outlines from 'bpmn-js/lib/features/outline'; // the viewer alone selects without showing it
import { textRenderer } from './canvas.js';
import { translation } from './translate.js';

export async function openViewer(container, xml) {
  const viewer = new NavigatedViewer({ container, textRenderer, additionalModules: [translation, outlines] });
  await viewer.importXML(xml);
  viewer.get('canvas').getContainer().lang = 'zh'; // labels are written in the language of the law
  return viewer;
}
