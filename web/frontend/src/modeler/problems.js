// What the server's linter says about the drawing: the same list a publication would be refused with.
// Each problem is a line that leads to its element, and a mark on the element that can be read.
import { element as node } from '../common/dom.js';
import { say } from '../common/language.js';
import { Planes } from '../common/planes.js';
import { diagramForm, post } from './files.js';

const PAUSE = 700; // after the last change, before the drawing is checked again

const counted = (n, word) => `${n} ${word}${n === 1 ? '' : 's'}`;

export class Problems {
  constructor(modeler, panel, { check, token, name, count }) {
    Object.assign(this, { modeler, panel, check, token, name, count });
    this.round = 0;
    this.timer = 0;
    modeler.on('commandStack.changed', () => this.soon());
    count.addEventListener('click', () => this.lead());
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), PAUSE);
  }

  async now() {
    if (!this.check) return;
    const round = ++this.round;
    try {
      const answer = await post(this.check, await diagramForm(this.modeler, this.name), this.token);
      if (answer.status !== 200 && answer.status !== 422) throw new Error(String(answer.status));
      const { problems } = await answer.json();
      if (round === this.round) this.show(problems); // a slow answer never hides a newer one
    } catch (failure) {
      if (round === this.round) this.say(say(`暂时无法检查（${failure.message}）`, `Cannot check just now (${failure.message})`));
    }
  }

  say(text) {
    this.panel.replaceChildren(node('p', { class: 'modeler-verdict', role: 'status' }, text));
  }

  show(problems) {
    const errors = problems.filter(({ severity }) => severity === 'error').length;
    const warnings = problems.length - errors;
    const verdict = problems.length
      ? say(`${errors} 个错误，${warnings} 个警告`, `${counted(errors, 'error')}, ${counted(warnings, 'warning')}`)
      : say('没有问题', 'No problems');
    this.say(verdict);
    // The list stands below the drawing, on most screens out of sight: the tools say what it says.
    this.count.textContent = verdict;
    this.count.hidden = !problems.length;
    this.count.classList.toggle('modeler-count-bad', errors > 0);
    this.panel.dataset.errors = errors;
    if (problems.length) this.panel.append(node('ol', {}, ...problems.map((problem) => this.line(problem))));
    this.mark(problems);
  }

  // Leads to the list: on the screen, and for whoever has the page read out.
  lead() {
    this.panel.focus({ preventScroll: true });
    this.panel.scrollIntoView({ block: 'nearest' });
  }

  line({ element, message, hint, severity, line }) {
    const shape = this.shapeOf(element);
    const word = severity === 'error' ? say('错误', 'Error') : say('警告', 'Warning');
    const text = [node('strong', {}, word), ` ${message}`, hint ? node('span', {}, ` ${hint}`) : null];
    const content = shape
      ? node('button', { type: 'button', onclick: () => this.reveal(shape) }, ...text)
      : node('p', {}, ...text, line ? say(`（第 ${line} 行）`, ` (line ${line})`) : '');
    return node('li', { class: `modeler-${severity}` }, content);
  }

  // An element of the file may have no shape of its own (a definition inside an event): take its owner's.
  shapeOf(id) {
    const registry = this.modeler.get('elementRegistry');
    if (!id) return null;
    return registry.get(id) ?? registry.find((shape) =>
      shape.businessObject?.eventDefinitions?.some((definition) => definition.id === id)) ?? null;
  }

  reveal(shape) {
    const canvas = this.modeler.get('canvas');
    new Planes(this.modeler).show(shape);
    if (shape !== canvas.getRootElement()) canvas.scrollToElement(shape, { left: 120, top: 80, right: 80, bottom: 80 });
    this.modeler.get('selection').select(shape);
    const board = canvas.getContainer(), { top, bottom } = board.getBoundingClientRect();
    if (Math.min(bottom, window.innerHeight) - Math.max(top, 0) < 200) board.scrollIntoView({ block: 'nearest' });
  }

  mark(problems) {
    const overlays = this.modeler.get('overlays');
    overlays.remove({ type: 'problem' });
    const planes = new Planes(this.modeler);
    const byShape = new Map();
    for (const problem of problems) {
      const shape = this.shapeOf(problem.element);
      // a box says what is wrong behind it, or nobody would look there
      for (const marked of shape ? [shape, ...planes.around(shape)] : []) {
        if (!planes.isRoot(marked)) byShape.set(marked, [...(byShape.get(marked) ?? []), problem]);
      }
    }
    for (const [shape, found] of byShape) {
      const worst = found.some(({ severity }) => severity === 'error') ? 'error' : 'warning';
      const title = found.map(({ message }) => message).join('\n');
      overlays.add(shape.id, 'problem', { position: shape.waypoints ? { top: 0, left: 0 } : { bottom: 12, left: -8 },
        html: node('span', { class: `modeler-mark modeler-mark-${worst}`, title, role: 'img', 'aria-label': title },
          worst === 'error' ? '✕' : '!') });
    }
  }
}
