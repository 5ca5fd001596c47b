// Small comforts for pages that work without them. Each is asked for by a data attribute (README.md).
import { chooseAll } from './choose.js';
import { copyButtons, printButtons } from './buttons.js';
import { guardInput, submitOnce } from './forms.js';
import { picks } from './pick.js';
import { promises } from './promise.js';
import { listen } from './stream.js';
import { switchSize } from './size.js';

function begin() {
  const page = document.documentElement;
  if (page.dataset.comforts) return; // a page that asks for it twice has it once
  page.dataset.comforts = 'yes';
  document.querySelectorAll('[data-focus]').forEach((first) => first.focus());
  document.querySelectorAll('form[data-unsaved]').forEach(guardInput);
  document.querySelectorAll('[data-stream]').forEach(listen);
  switchSize();
  submitOnce();
  chooseAll();
  picks();
  promises();
  copyButtons();
  printButtons();
}

if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', begin);
else begin();
