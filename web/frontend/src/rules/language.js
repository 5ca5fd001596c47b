// Colours for the rules language: Markdown prose, with rules in fences opened by ```规则. The words come
// from the server, so the grammar has one home. Chinese has no spaces: the longest known word wins.
import { StreamLanguage } from '@codemirror/language';
import { tags } from '@lezer/highlight';

const NUMBER = /^[0-9]+(?:-[0-9]{1,2}-[0-9]{1,2}|\.[0-9]+)?\s*(?:%|个工作日|个日|日|次|户|项|人|家)?/;
const QUOTED = { '"': '"', '“': '”', '「': '」', '《': '》' };
const NAME = /^[A-Za-z_][\w.]*/;

// Words by their first character, longest first: one comparison per candidate, none for other text.
function index(words) {
  const byFirst = new Map();
  for (const [word, style] of words) {
    if (!word) continue;
    byFirst.set(word[0], [...(byFirst.get(word[0]) ?? []), [word, style]]);
  }
  for (const list of byFirst.values()) list.sort(([a], [b]) => b.length - a.length);
  return byFirst;
}

export function rulesLanguage({ keywords, terms }, { plain }) {
  const known = index([
    ...keywords.map((word) => [word, 'keyword']),
    ...terms.map(({ value }) => [value, 'term']),
  ]);
  const token = (stream, state) => {
    if (stream.sol() && stream.match(/^```/)) {
      state.rule = !state.rule && stream.match('规则', false) !== null;
      stream.skipToEnd();
      return 'fence';
    }
    return state.rule ? ruleToken(stream, state, known) : prose(stream);
  };
  return StreamLanguage.define({
    name: 'rules',
    startState: () => ({ rule: plain, until: null }),
    token,
    languageData: { commentTokens: { line: '#' } },
    tokenTable: { keyword: tags.keyword, term: tags.variableName, quote: tags.string, number: tags.number,
      operator: tags.compareOperator, comment: tags.lineComment, fence: tags.meta, heading: tags.heading },
  });
}

function prose(stream) {
  const heading = stream.sol() && stream.match(/^#+ /);
  stream.skipToEnd();
  return heading ? 'heading' : null;
}

function ruleToken(stream, state, known) {
  if (state.until) return quoted(stream, state); // a quotation may run over the end of a line
  if (stream.eatSpace()) return null;
  const next = stream.peek();
  if (next === '#') { stream.skipToEnd(); return 'comment'; }
  if (QUOTED[next]) { stream.next(); state.until = QUOTED[next]; return quoted(stream, state); }
  if (stream.match(NUMBER)) return 'number';
  const found = known.get(next)?.find(([word]) => stream.match(word));
  if (found) return found[1];
  if (stream.match(/^(?:[<>≥≤=!]=?|·|\|\|?)/)) return 'operator';
  if (!stream.match(NAME)) stream.next();
  return null;
}

function quoted(stream, state) {
  while (!stream.eol()) {
    if (stream.next() === state.until) { state.until = null; break; }
  }
  return 'quote';
}
