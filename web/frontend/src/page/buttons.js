import { say } from '../common/language.js';

// <button type="button" data-print hidden>
export function printButtons() {
  document.querySelectorAll('[data-print]').forEach((button) => {
    button.hidden = false;
    button.addEventListener('click', () => window.print());
  });
}

// <button type="button" data-copy="#key" hidden> copies the text of the element it names.
export function copyButtons() {
  if (!navigator.clipboard) return; // only offered over https and on localhost
  document.querySelectorAll('[data-copy]').forEach((button) => {
    const words = button.textContent;
    button.hidden = false;
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(document.querySelector(button.dataset.copy).textContent.trim());
      button.textContent = say('已复制', 'Copied');
      setTimeout(() => { button.textContent = words; }, 2000);
    });
  });
}
