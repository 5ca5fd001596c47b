// What was typed is not lost by a slip, and a form is not sent twice by a double click.

const fieldsOf = (form) => new URLSearchParams(
  [...new FormData(form)].map(([name, value]) => [name, value instanceof File ? value.name : value]),
).toString();

// <form data-unsaved>: asks before the page with changed fields is left other than by sending it.
export function guardInput(form) {
  const before = form.hasAttribute('data-dirty') ? null : fieldsOf(form); // came back with mistakes
  window.addEventListener('beforeunload', (leaving) => {
    if (form.dataset.sending || fieldsOf(form) === before) return;
    leaving.preventDefault();
    setTimeout(resend); // runs for whoever stayed: the form that would have left may be sent later
  });
}

const resend = () => {
  document.querySelectorAll('form[data-sending]').forEach((form) => { delete form.dataset.sending; });
};

// Every form that posts: the second of two quick clicks is ignored.
export function submitOnce() {
  document.addEventListener('submit', (submission) => {
    const form = submission.target;
    if (form.method !== 'post' || submission.defaultPrevented) return;
    if (form.dataset.sending) submission.preventDefault();
    else form.dataset.sending = 'yes';
  });
  window.addEventListener('pageshow', resend);
}
