// element('li', { class: 'a', onclick: f }, 'text', child): text is only ever set as text.
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

// Runs `start` once for every matching element; what goes wrong is shown on the page, in words.
export function mount(selector, start) {
  const run = () => document.querySelectorAll(selector).forEach((root) => {
    start(root).then(
      () => root.setAttribute('data-ready', ''),
      (problem) => {
        console.error(problem);
        root.setAttribute('data-failed', '');
        root.prepend(element('p', { class: 'error-message', role: 'alert' }, problem.message));
      },
    );
  });
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', run);
  else run();
}
