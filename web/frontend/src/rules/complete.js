// Completion without spaces to go by: of the text before the caret, the longest end that begins a word.
const LONGEST = 40;

export function completion({ keywords, terms }) {
  const options = [
    ...terms.map(({ value, label }) => ({ label: value, detail: label === value ? undefined : label, type: 'variable' })),
    ...keywords.map((label) => ({ label, type: 'keyword' })),
  ];
  return (context) => {
    const line = context.state.doc.lineAt(context.pos);
    const before = line.text.slice(Math.max(0, context.pos - line.from - LONGEST), context.pos - line.from);
    for (let start = 0; start < before.length; start += 1) {
      const typed = before.slice(start);
      const fitting = options.filter(({ label }) => label.startsWith(typed) && label !== typed);
      if (fitting.length) return { from: context.pos - typed.length, options: fitting, filter: false };
    }
    return context.explicit ? { from: context.pos, options, filter: false } : null;
  };
}
