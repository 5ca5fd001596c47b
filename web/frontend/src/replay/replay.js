// A case played back: the diagram, a slider over its events, and the list of them. Choosing in one
// selects in the others; the address carries the step, so that it can be quoted.
import { element } from '../common/dom.js';
import { moment, say } from '../common/language.js';
import { loadDiagram, loadJson } from '../common/load.js';
import { openDiagram } from './diagram.js';
import { wholeSwitch } from './whole.js';

const NOTHING_YET = { state: { active: [], done: [], count: {} } };
const SECONDS_PER_STEP = 1.2;

export async function replay(root) {
  const fallback = [...root.children]; // what the server rendered for readers without scripts
  const parts = build(root);
  const [xml, { events }] = await Promise.all([
    loadDiagram(root.dataset.diagram), loadJson(root.dataset.events)]);
  const diagram = await openDiagram(parts.canvas, xml);
  for (const part of fallback) part.hidden = true;
  root.classList.add('replay-playing');

  let step = -1;
  const rows = events.map((event, index) => row(event, diagram, () => go(index + 1)));
  parts.list.append(...rows);
  parts.slider.max = events.length;

  function go(wanted, { remember = true, lookAt = undefined } = {}) {
    step = Math.min(Math.max(wanted, 0), events.length);
    const event = events[step - 1] ?? NOTHING_YET;
    diagram.show(event.state ?? NOTHING_YET.state);
    diagram.select(event.element, lookAt);
    tell(event);
    rows.forEach((item, index) => mark(item, index === step - 1));
    reveal(parts.list, rows[step - 1]);
    if (remember) history.replaceState(null, '', step ? `#seq-${event.seq}` : '#seq-0');
  }

  function tell(event) {
    const where = say(`第 ${step} 步，共 ${events.length} 步`, `Step ${step} of ${events.length}`);
    const what = step ? sentence(event, diagram) : say('尚未开始', 'not begun');
    parts.slider.value = step;
    parts.slider.setAttribute('aria-valuetext', `${where}：${what}`);
    parts.now.replaceChildren(`${where}　`, element('span', spoken(what), what));
    parts.back.disabled = parts.first.disabled = step === 0;
    parts.next.disabled = parts.last.disabled = step === events.length;
  }

  const timer = player(parts.play, () => { go(step + 1); return step < events.length; },
    () => { if (step >= events.length) go(0); });
  const by = (change) => () => { timer.stop(); go(change()); };
  parts.slider.addEventListener('input', by(() => Number(parts.slider.value)));
  parts.first.addEventListener('click', by(() => 0));
  parts.back.addEventListener('click', by(() => step - 1));
  parts.next.addEventListener('click', by(() => step + 1));
  parts.last.addEventListener('click', by(() => events.length));
  wholeSwitch(parts.fit, diagram);
  // A chosen element leads to its next event, and round again.
  diagram.onChoose((id) => {
    const later = events.findIndex((event, index) => index >= step && event.element === id);
    const found = later >= 0 ? later : events.findIndex((event) => event.element === id);
    if (found >= 0) by(() => found + 1)();
  });
  // A case opens where somebody is at work now; an address that quotes a step, at that step.
  const quoted = /^#seq-\d+$/.test(location.hash);
  go(stepOfAddress(events), { remember: false, lookAt: quoted ? undefined : events.at(-1)?.state?.active?.[0] });
  window.addEventListener('hashchange', by(() => stepOfAddress(events)));
}

function stepOfAddress(events) {
  const quoted = /^#seq-(\d+)$/.exec(location.hash);
  if (!quoted) return events.length;
  return events.findIndex((event) => event.seq === Number(quoted[1])) + 1;
}

const elementName = (event, diagram) => (event.element && diagram.label(event.element)) || null;

function sentence(event, diagram) {
  return [moment(event.at), event.actor, event.label, elementName(event, diagram)]
    .filter(Boolean).join('　');
}

// Names and labels stay Chinese on an English page, and say so to whoever has it read out.
function spoken(words) {
  return /[\u4e00-\u9fff]/.test(words ?? '') ? { lang: 'zh' } : {};
}

function row(event, diagram, choose) {
  const name = elementName(event, diagram);
  const what = name && !event.label.includes(name) ? `${event.label}：${name}` : event.label;
  const button = element('button', { type: 'button', onclick: choose },
    element('span', { class: 'replay-seq' }, String(event.seq)),
    element('span', { class: 'replay-what', ...spoken(what) }, what),
    element('span', { class: 'replay-when' }, `${moment(event.at)}　`,
      element('span', spoken(event.actor), event.actor ?? '')));
  const detail = event.href
    ? element('a', { href: event.href, class: 'replay-detail' }, say('详情', 'Details')) : null;
  return element('li', { class: `replay-${event.role ?? 'input'}` }, button, detail);
}

function mark(item, current) {
  item.classList.toggle('replay-current', current);
  if (current) item.firstChild.setAttribute('aria-current', 'step');
  else item.firstChild.removeAttribute('aria-current');
}

// Scrolls the list alone: scrollIntoView would move the page away from the slider.
function reveal(list, item) {
  if (!item) return;
  const above = item.offsetTop; // counted from the list, which is positioned
  if (above < list.scrollTop || above + item.offsetHeight > list.scrollTop + list.clientHeight) {
    list.scrollTop = above - list.clientHeight / 3;
  }
}

function player(button, advance, begin) {
  let running = 0;
  const show = () => {
    button.textContent = running ? say('暂停', 'Pause') : say('播放', 'Play');
    button.setAttribute('aria-pressed', String(Boolean(running)));
  };
  const stop = () => { clearInterval(running); running = 0; show(); };
  button.addEventListener('click', () => {
    if (running) { stop(); return; }
    begin();
    running = setInterval(() => { if (!advance()) stop(); }, SECONDS_PER_STEP * 1000);
    show();
  });
  show();
  return { stop };
}

function build(root) {
  const button = (text, label) => element('button', { type: 'button', 'aria-label': label, title: label }, text);
  const parts = {
    canvas: element('div', { class: 'replay-canvas', role: 'group', 'aria-label': say('流程图', 'Diagram') }),
    list: element('ol', { class: 'replay-list', 'aria-label': say('事件', 'Events') }),
    slider: element('input', { type: 'range', min: 0, step: 1, class: 'replay-slider',
      'aria-label': say('回放进度', 'Replay position') }),
    now: element('output', { class: 'replay-now', 'aria-live': 'polite' }),
    first: button('|◀', say('回到开始', 'To the beginning')),
    back: button('◀', say('上一步', 'Previous step')),
    play: element('button', { type: 'button' }),
    next: button('▶', say('下一步', 'Next step')),
    last: button('▶|', say('到最后', 'To the end')),
    fit: element('button', { type: 'button' }),
  };
  root.append(parts.canvas,
    element('div', { class: 'replay-bar' },
      element('div', { class: 'replay-buttons' },
        parts.first, parts.back, parts.play, parts.next, parts.last, parts.fit),
      parts.slider, parts.now),
    parts.list, legend());
  return parts;
}

function legend() {
  const entry = (kind, text) => element('li', {}, element('span', { class: `replay-key replay-key-${kind}` }), text);
  return element('ul', { class: 'replay-legend', 'aria-label': say('图例', 'Legend') },
    entry('active', say('● 进行中', '● active')), entry('done', say('✓ 已办结', '✓ done')),
    entry('path', say('走过的路线', 'path taken')), entry('selected', say('所选', 'selected')));
}
