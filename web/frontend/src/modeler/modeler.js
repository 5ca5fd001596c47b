// The drawing board: canvas, panel, list of problems, and the buttons above them.
import Modeler from 'bpmn-js/lib/Modeler';
import { BpmnPropertiesPanelModule } from 'bpmn-js-properties-panel';
import minimap from 'diagram-js-minimap';
import { fit, refitOnResize, textRenderer } from '../common/canvas.js';
import { element } from '../common/dom.js';
import { say } from '../common/language.js';
import { loadDiagram } from '../common/load.js';
import { translation } from '../common/translate.js';
import { blank } from './blank.js';
import { loadCatalogue } from './catalogue.js';
import { deadlines } from './deadline.js';
import { download, open, submit } from './files.js';
import { acceptedKinds } from './kinds.js';
import { panelProvider } from './panel/provider.js';
import { Problems } from './problems.js';
import { Editing } from './xml.js';

const PALETTE_WIDTH = 135;
const MINIMAP_BUTTON = 60; // stands in the upper right corner

export async function model(root) {
  const { diagram, catalogue: names, check, submit: address, csrf: token } = root.dataset;
  const name = root.dataset.fileName ?? 'diagram.bpmn';
  const [xml, catalogue] = await Promise.all([diagram ? loadDiagram(diagram) : blank(), loadCatalogue(names)]);
  const parts = build(root, Boolean(address));
  const modeler = create(parts, catalogue);
  const refit = () => fit(modeler.get('canvas'), { left: PALETTE_WIDTH, top: MINIMAP_BUTTON });
  await open(modeler, xml);
  refit();
  let width = parts.canvas.clientWidth;
  refitOnResize(parts.canvas, () => { // a scroll bar that comes and goes is no reason to move the drawing
    if (Math.abs(parts.canvas.clientWidth - width) > 40) { width = parts.canvas.clientWidth; refit(); }
  });
  const seen = new Set();
  modeler.on('root.set', 500, ({ element: root }) => { // a plane seen before stays as it was left
    if (!seen.has(root)) { seen.add(root); refit(); }
  });
  const problems = new Problems(modeler, parts.problems, { check, token, name, count: parts.count });
  const state = { saved: true, leaving: false };
  wireHistory(modeler, parts, state);
  wireFiles({ modeler, parts, name, refit, problems, state });
  wireSubmit({ modeler, parts, problems, state, target: { address, token, name } });
  parts.fit.addEventListener('click', refit);
  // For the tests: a flow has no surface to click on, and a plane that is not shown is not in the page.
  const registry = modeler.get('elementRegistry');
  root.board = { select: (id) => problems.reveal(registry.get(id)), ids: () => registry.getAll().map(({ id }) => id) };
  await problems.now();
}

function create(parts, catalogue) {
  return new Modeler({
    container: parts.canvas,
    propertiesPanel: { parent: parts.panel },
    textRenderer,
    additionalModules: [
      BpmnPropertiesPanelModule, minimap, translation, acceptedKinds, deadlines, panelProvider,
      { catalogue: ['value', catalogue], editing: ['type', Editing] },
    ],
  });
}

function wireHistory(modeler, parts, state) {
  const stack = modeler.get('commandStack');
  const show = () => {
    parts.undo.disabled = !stack.canUndo();
    parts.redo.disabled = !stack.canRedo();
  };
  modeler.on('commandStack.changed', () => { state.saved = false; parts.status.textContent = ''; show(); });
  modeler.on('import.done', show);
  parts.undo.addEventListener('click', () => stack.undo());
  parts.redo.addEventListener('click', () => stack.redo());
  window.addEventListener('beforeunload', (leaving) => {
    if (!state.saved && !state.leaving) leaving.preventDefault();
  });
  show();
}

function wireFiles({ modeler, parts, name, refit, problems, state }) {
  parts.download.addEventListener('click', () => download(modeler, name));
  parts.file.addEventListener('change', async () => {
    const [file] = parts.file.files;
    parts.file.value = '';
    if (!file || (!state.saved && !window.confirm(say('当前改动尚未提交，仍要打开另一个文件吗？',
      'The changes are not submitted yet. Open another file all the same?')))) return;
    try {
      await open(modeler, await file.text());
      state.saved = false;
      refit();
      await problems.now();
      parts.status.textContent = say(`已打开 ${file.name}`, `Opened ${file.name}`);
    } catch (failure) {
      parts.status.textContent = failure.message;
    }
  });
}

function wireSubmit({ modeler, parts, problems, state, target }) {
  parts.submit?.addEventListener('click', async () => {
    parts.submit.disabled = true;
    parts.status.textContent = say('正在提交…', 'Submitting…');
    try {
      const { location, problems: refused } = await submit(modeler, target);
      if (refused.length) {
        problems.show(refused);
        problems.lead();
        parts.status.textContent = say('未提交：请先处理列出的问题', 'Not submitted: mend the listed problems first');
      } else {
        state.saved = true;
        parts.status.textContent = say('已提交', 'Submitted');
        if (location) { state.leaving = true; window.location.assign(location); }
      }
    } catch (failure) {
      parts.status.textContent = failure.message;
    }
    parts.submit.disabled = false;
  });
}

function build(root, submits) {
  const button = (text, attributes = {}) => element('button', { type: 'button', class: 'modeler-button', ...attributes }, text);
  const file = element('input', { type: 'file', accept: '.bpmn,.xml', class: 'modeler-file' });
  const parts = {
    canvas: element('div', { class: 'modeler-canvas', role: 'group', 'aria-label': say('流程图', 'Diagram') }),
    panel: element('div', { class: 'modeler-panel', role: 'group', 'aria-label': say('属性', 'Properties') }),
    problems: element('div', { class: 'modeler-problems', role: 'group', tabindex: -1, 'aria-label': say('问题', 'Problems') }),
    count: button('', { class: 'modeler-button modeler-count', hidden: true }),
    status: element('output', { class: 'modeler-status', 'aria-live': 'polite' }),
    undo: button(say('撤销', 'Undo')), redo: button(say('重做', 'Redo')),
    fit: button(say('全图', 'Fit')), download: button(say('下载', 'Download')), file,
    submit: submits ? button(say('提交草案', 'Submit the draft'), { class: 'modeler-button modeler-primary' }) : null,
  };
  root.replaceChildren(
    element('div', { class: 'modeler-tools' }, parts.undo, parts.redo, parts.fit, parts.download,
      element('label', { class: 'modeler-button' }, say('打开文件', 'Open a file'), file), parts.submit, parts.count, parts.status),
    parts.canvas, parts.panel, parts.problems);
  return parts;
}
