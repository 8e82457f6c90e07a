// What the page does in the browser beyond gradio's own: finds the buttons inside messages and lists by class and place,
// opens articles, copies quotes, moves the focus. Text from outside reaches the page as textContent only, save what
// ui/panels.py has escaped. Runs once, with gradio's `trigger` (events for Python) and `server` (functions of it).
const $ = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const chat = () => $('#rag-chat');
const box = () => $('#rag-box textarea');
const place = (button, selector) => all(selector, chat()).indexOf(button);
const turnOf = (node) => all('#rag-chat .bot-row').findIndex((row) => row.contains(node));
const calm = matchMedia('(prefers-reduced-motion: reduce)');

const say = (sentence) => { $('#rag-said').textContent = sentence; };

// --- asking -----------------------------------------------------------------------------------------------------------

const paragraph = (kind, text) => {
  const shown = document.createElement('p');
  shown.className = kind;
  shown.dir = 'auto';
  shown.textContent = text;
  return shown.outerHTML;
};
const message = (role, html) => ({role, content: [{type: 'text', text: html}], metadata: null, options: null});

// The question and a status are on the page before the server has heard of them.
const begin = (question, shown, at) => {
  const turns = shown ?? [];
  if (!question.trim() || $('.rag-stages')) return [[], question, turns, at];
  const kept = at >= 0 ? turns.slice(0, 2 * at) : turns;
  const asked = message('user', paragraph('rag-question', question));
  const status = message('assistant', paragraph('rag-stages', 'Searching the articles …'));
  return [[question, at], '', [...kept, asked, status], -1];
};

const LOST = 'The answer did not come: too many questions are waiting, or the page has lost its server. Ask again.';

// The server had no room for a question: say so, and give the question back.
const failed = (shown, asked) => {
  const turns = shown ?? [];
  if (!$('.rag-stages')) return [turns, box().value, -1];
  return [[...turns.slice(0, -1), message('assistant', paragraph('rag-notice rag-lost', LOST))], ...(asked ?? ['', -1])];
};
const lost = () => Boolean($('.rag-lost'));

// The server died under a question. Gradio tells nobody and runs no event until it reloads the page, so the page itself is changed.
setInterval(async () => {
  const status = $('.rag-stages');
  if (!status) return;
  try {
    if (!(await fetch('gradio_api/startup-events')).ok) throw new Error('a proxy without a server');
  } catch {
    status.className = 'rag-notice rag-lost';
    status.textContent = LOST;
    fill(all('.rag-question').pop().textContent);
  }
}, 2000);

const fill = (question) => {
  box().value = question;
  box().dispatchEvent(new Event('input', {bubbles: true}));
};
const ask = (question) => {
  fill(question);
  setTimeout(() => $('#rag-box .submit-button').click(), 50);
};

const showLast = () => setTimeout(() => {
  const last = all('#rag-chat .user-row').pop();
  if (last) last.scrollIntoView({block: 'start'});
}, 60);

// --- an article, a quote ------------------------------------------------------------------------------------------------

const dialog = document.createElement('dialog');
dialog.id = 'rag-dialog';
dialog.setAttribute('aria-label', 'Article');
dialog.innerHTML = '<form method="dialog"><button class="rag-close">Close</button></form><div class="rag-opened"></div>';
dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });
$('.gradio-container').append(dialog);

const reference = (button) => {
  const ref = $('.rag-ref', button.parentElement);
  return ref ? JSON.parse(ref.textContent) : [button.closest('li').querySelector('.rag-id').textContent, 0, 0, ''];
};

const open = async (button) => {
  const shown = $('.rag-opened', dialog);
  shown.textContent = 'Opening the article …';
  dialog.showModal();
  try {
    shown.innerHTML = await server.article(reference(button));  // escaped by render_article
  } catch {
    shown.textContent = 'The article could not be fetched; is the server still running?';
  }
  const mark = $('#rag-hit', shown);
  if (mark) { mark.scrollIntoView({block: 'center'}); mark.focus({preventScroll: true}); } else dialog.scrollTop = 0;
};

const copy = async (button) => {
  const text = $('.rag-cited', button.parentElement).textContent;
  let copied = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {  // not over https or loopback
    const area = document.createElement('textarea');
    area.value = text;
    document.body.append(area);
    area.select();
    copied = document.execCommand('copy');
    area.remove();
  }
  const before = button.textContent;
  button.textContent = copied ? 'Copied' : 'Not copied';
  say(copied ? 'Quote copied.' : 'The browser does not let this page copy; select the quote instead.');
  setTimeout(() => { button.textContent = before; }, 1500);
};

const cite = (chip) => {
  const turn = chip.closest('.rag-turn');
  const card = all('.rag-source', turn)[all('.rag-chip', turn).indexOf(chip)];
  $('details', card).open = true;
  card.scrollIntoView({block: 'nearest', behavior: calm.matches ? 'auto' : 'smooth'});
  all('.rag-lit').forEach((lit) => lit.classList.remove('rag-lit'));
  card.classList.add('rag-lit');
  $('summary', card).focus({preventScroll: true});
};

// --- buttons ------------------------------------------------------------------------------------------------------------

const remove = (button) => {
  const row = button.closest('li');
  const own = button.classList.contains('rag-own');
  const title = $('.rag-read', row).textContent;
  if (own && !confirm(`Delete “${title}”? It was added on this page, and no other copy is kept.`)) return;
  trigger('remove', {article: $('.rag-id', row).textContent});
};

// What was being typed before an earlier question took its place in the box; given back with "Leave it as it was".
let draft = '';
const edit = (button) => {
  if (!$('#rag-editing')?.offsetParent) draft = box().value;
  trigger('edit', {number: place(button, '.rag-edit')});
  setTimeout(() => box().focus(), 300);
};
const stay = () => [draft, -1];

// A verdict draws its turn anew: what was unfolded in it stays so, and the focus returns to the button.
let redrawn = null;
const judge = (button, verdict) => {
  const number = turnOf(button);
  const kind = `.rag-${verdict}`;
  const unfolded = all('details', all('#rag-chat .bot-row')[number]).map((part) => part.open);
  redrawn = () => {
    const row = all('#rag-chat .bot-row')[number];
    if (button.isConnected || !row || !$(kind, row)) return;
    redrawn = null;
    all('details', row).forEach((part, at) => { part.open = part.open || Boolean(unfolded[at]); });
    if (document.activeElement === document.body) $(kind, row).focus({preventScroll: true});
  };
  trigger('judge', {number, verdict});
};

const actions = {
  'rag-chip': cite,
  'rag-open': open,
  'rag-read': open,
  'rag-copy': copy,
  'rag-edit': edit,
  'rag-good': (button) => judge(button, 'good'),
  'rag-bad': (button) => judge(button, 'bad'),
  'rag-remove': remove,
  'rag-starter': (button) => ask(button.textContent),
};
// While an answer is on its way the conversation it will be added to stays as it is.
document.addEventListener('click', (event) => {
  if (!$('.rag-stages') || !event.target.closest('#rag-foot button, .rag-edit, .rag-good, .rag-bad')) return;
  event.stopImmediatePropagation();
  event.preventDefault();
  say('Wait for the answer first.');
}, true);
document.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  const kind = button && Object.keys(actions).find((name) => button.classList.contains(name));
  if (kind) actions[kind](button);
});

// --- files to keep, light and dark, the articles' panel --------------------------------------------------------------------

const save = (name, text) => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], {type: 'text/plain;charset=utf-8'}));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
};

const theme = () => localStorage.setItem('rag-dark', document.body.classList.toggle('dark') ? 'dark' : 'light');
const wished = localStorage.getItem('rag-dark');
if (wished) document.body.classList.toggle('dark', wished === 'dark');

const articles = () => $('.sidebar .toggle-button').click();
// What is off the screen is not to be reached by the Tab key either.
const mind = () => {
  const inside = $('.sidebar .sidebar-content');
  if (inside) inside.inert = !$('.sidebar').classList.contains('open');
};

// Gradio names a message by its whole HTML, which a screen reader would read aloud; its text speaks for itself.
const hush = () => {
  all('#rag-files button[aria-label]').forEach((button) => button.removeAttribute('aria-label'));  // its text says more
  all('#rag-chat [data-testid][aria-label]').forEach((node) => node.removeAttribute('aria-label'));
  all('#rag-chat .rag-good, #rag-chat .rag-bad').forEach((button) =>
    button.setAttribute('aria-pressed', String(button.classList.contains('rag-pressed'))));
};
const tidy = () => { hush(); mind(); redrawn?.(); };
new MutationObserver(tidy).observe($('.gradio-container'), {
  subtree: true, childList: true, attributes: true, attributeFilter: ['aria-label', 'class'],
});
tidy();

window.rag = {begin, failed, lost, stay, showLast, save, theme, articles};
