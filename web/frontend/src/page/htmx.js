// htmx under our content security policy: nothing evaluated, no styles written, our own server only.
import htmx from 'htmx.org/dist/htmx.esm.js';

Object.assign(htmx.config, {
  allowEval: false,
  allowScriptTags: false,
  includeIndicatorStyles: false,
  selfRequestsOnly: true,
  historyCacheSize: 0, // pages with personal data stay out of the browser's storage
});
window.htmx = htmx;
