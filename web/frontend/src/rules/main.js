// <textarea class="rules-editor" data-words="URL" data-check="URL" data-csrf="…" data-file-name="计划.md">
// becomes an editor with colours, completion and the server's own problems; the textarea keeps the text,
// so the form around it sends what it always sent.
import { autocompletion, closeBrackets, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { linter, lintGutter, lintKeymap } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { element, mount } from '../common/dom.js';
import { say } from '../common/language.js';
import { loadJson } from '../common/load.js';
import { completion } from './complete.js';
import { rulesLanguage } from './language.js';

const COLOURS = HighlightStyle.define([
  { tag: tags.keyword, color: '#7a1f7a', fontWeight: '600' },
  { tag: tags.variableName, color: '#1d4f91' },
  { tag: tags.string, color: '#1c5e3a' },
  { tag: tags.number, color: '#8a4b00' },
  { tag: tags.lineComment, color: '#545d68', fontStyle: 'italic' },
  { tag: tags.heading, fontWeight: '700' },
  { tag: tags.meta, color: '#545d68' },
]);

const LOOK = EditorView.theme({
  '&': { border: '1px solid #6b7683', backgroundColor: '#fff', color: '#1b1f24' },
  '&.cm-focused': { outline: '3px solid #ffbf47' },
  '.cm-content': { fontFamily: '"Noto Sans Mono CJK SC", "Noto Sans CJK SC", monospace', fontSize: '1rem', lineHeight: '1.7' },
  '.cm-scroller': { minHeight: '24rem', maxHeight: '75vh' },
});

const PHRASES = {
  Completions: '补全', Diagnostics: '问题', 'No diagnostics': '没有问题', close: '关闭',
  'Control character': '控制字符', Find: '查找', 'Go to line': '转到行',
};

function checking(area) {
  return linter(async (view) => {
    const form = new FormData();
    form.append('file', new Blob([view.state.doc.toString()], { type: 'text/markdown' }), area.dataset.fileName ?? 'rules.md');
    const headers = { Accept: 'application/json', 'X-CSRFToken': area.dataset.csrf ?? '' };
    const answer = await fetch(area.dataset.check, { method: 'POST', body: form, headers });
    if (answer.status !== 200 && answer.status !== 422) return [];
    return (await answer.json()).problems.map((problem) => diagnostic(problem, view.state.doc));
  }, { delay: 600 });
}

// A problem has a line and perhaps a column, both from 1; without a column the whole line is meant.
function diagnostic({ line, column, message, hint, severity }, doc) {
  const place = doc.line(Math.min(Math.max(line ?? 1, 1), doc.lines));
  const from = Math.min(place.from + Math.max((column ?? 1) - 1, 0), place.to);
  const word = column ? /^[^\s、，。：:]+/.exec(doc.sliceString(from, place.to))?.[0].length ?? 1 : place.length;
  return { from, to: Math.min(from + word, place.to), severity: severity === 'warning' ? 'warning' : 'error',
    message: [message, hint].filter(Boolean).join('\n') };
}

async function edit(area) {
  const { keywords = [], terms = [] } = area.dataset.words ? await loadJson(area.dataset.words) : {};
  const words = { keywords, terms: terms.map((term) => (typeof term === 'string' ? { value: term, label: term } : term)) };
  const host = element('div', { class: 'rules-editor-host', lang: 'zh' });
  area.after(host);
  // Inside a shadow root the editor's styles are constructed sheets, which our policy allows.
  const root = host.attachShadow({ mode: 'open' });
  const keep = EditorView.updateListener.of((update) => {
    if (!update.docChanged) return;
    area.value = update.state.doc.toString();
    area.dispatchEvent(new Event('input', { bubbles: true }));
  });
  const view = new EditorView({
    parent: root, root,
    state: EditorState.create({ doc: area.value, extensions: [
      lineNumbers(), history(), drawSelection(), highlightActiveLine(), closeBrackets(), EditorView.lineWrapping,
      rulesLanguage(words, { plain: 'plain' in area.dataset }), syntaxHighlighting(COLOURS), LOOK, keep,
      autocompletion({ override: [completion(words)] }), lintGutter(), area.dataset.check ? checking(area) : [],
      EditorState.readOnly.of(area.readOnly), EditorState.phrases.of(say(PHRASES, {})),
      EditorView.contentAttributes.of({ 'aria-label': area.labels?.[0]?.textContent ?? say('规则', 'Rules') }),
      // Tab stays with the page: who works without a mouse must be able to leave.
      keymap.of([...completionKeymap, ...lintKeymap, ...historyKeymap, ...defaultKeymap]),
    ] }),
  });
  area.hidden = true;
  host.view = view; // for the tests
}

mount('textarea.rules-editor', edit);
