// Elements made one by one: text reaches the page as text, never as markup.

const SVG = 'http://www.w3.org/2000/svg';
const DAY = 86400000;
const HOUR = 3600000;

function dress(node, props) {
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (name === 'role') { node.setAttribute('data-role', value); }
    else if (name === 'aria') node.setAttribute('role', value);
    else if (name === 'value') node.value = value;
    else node.setAttribute(name, value === true ? '' : String(value));
  }
}

// Attributes first (a list must be multiple before it has options, or the first is chosen), the value last.
function el(tag, { value, ...props } = {}, ...children) {
  const node = document.createElement(tag);
  dress(node, props);
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ''));
  dress(node, { value });
  return node;
}

function drawn(tag, props = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  dress(node, props);
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

// 'a **b** c' as text and <strong>.
function rich(text) {
  return String(text).split('**').map((part, i) => (i % 2 ? el('strong', {}, part) : part));
}

function fill(node, ...children) {
  node.replaceChildren(...children.flat().filter((child) => child !== null && child !== undefined && child !== ''));
}

function say(b, key, values = {}) {
  const sentence = b.base.words[key] || key;
  return sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

const PLACES = 'button, select, input, textarea, summary, [tabindex]';

// Draw a part again without taking the keyboard away from who stands in it, even when it is empty for a moment.
function keepingFocus(b, part, draw) {
  const at = b.root.getRootNode().activeElement;
  if (at !== part && part.contains(at)) part.held = { role: at.dataset.role, place: [...part.querySelectorAll(PLACES)].indexOf(at) };
  else if (document.activeElement !== document.body) part.held = null;
  draw();
  if (!part.held || !part.querySelector(PLACES)) return;
  const { role, place } = part.held;
  const now = [...part.querySelectorAll(PLACES)];
  const same = (node) => node && node.dataset.role === role;
  part.held = null;
  (same(now[place]) ? now[place] : (role && now.find(same)) || now[Math.min(place, now.length - 1)]).focus({ preventScroll: true });
}

const two = (number) => String(number).padStart(2, '0');

// Times of the hospital have no zone: they travel and are shown as if they were UTC.
function clock(ms) {
  const at = new Date(ms);
  return `${two(at.getUTCDate())}/${two(at.getUTCMonth() + 1)} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`;
}

function numbered(b, value, digits = 2) {
  b.formats = b.formats || {};
  b.formats[digits] = b.formats[digits] || new Intl.NumberFormat(b.base.language, { maximumFractionDigits: digits });
  return b.formats[digits].format(value);
}

// mg of a drug: two decimals, and four below 1 mg (digoxin: 0.0625).
const amount = (b, mg) => numbered(b, mg, mg < 1 ? 4 : 2);

// A probability as a person says it: never 0, never 100.
function percent(b, value) {
  const gap = b.base.language === 'fr' ? '\u202f' : '';
  return value < 0.005 ? `<${gap}1${gap}%` : `${Math.round(100 * Math.min(value, 0.99))}${gap}%`;
}

function token() {
  const parts = crypto.getRandomValues(new Uint32Array(3));
  return Array.from(parts, (part) => part.toString(16).padStart(8, '0')).join('');
}

// A row of exclusive choices.
function choice(b, name, values, now, change) {
  return el('div', { class: 'choice', aria: 'group', 'aria-label': say(b, name) },
    values.map(([code, words]) => el('button', {
      type: 'button', 'aria-pressed': String(code === now), role: `${name}-${code}`, onclick: () => change(code),
    }, words)));
}

// A list whose title is what is chosen, for it may be cut.
function list(props, pairs, now, none) {
  const node = el('select', props, options(pairs, now, none));
  node.addEventListener('change', () => entitle(node));
  entitle(node);
  return node;
}

const entitle = (node) => { node.title = node.selectedOptions[0]?.textContent || ''; };

// A list that acts once one has chosen: with the mouse or in the open list at once; arrows on a closed list, at each of
// which some browsers say that it has changed, only move the choice until Enter, or until the list is left.
function chooser({ onchange, ...props }, pairs, now, none) {
  const node = list(props, pairs, now, none);
  let [kept, moving] = [node.value, false];
  const choose = () => {
    if (node.value === kept) return;
    kept = node.value;
    onchange({ target: node });
  };
  node.addEventListener('pointerdown', () => { moving = false; });
  node.addEventListener('keydown', (event) => {
    moving = !event.altKey && !['Enter', ' ', 'F4', 'Tab'].includes(event.key);
    if (event.key === 'Escape') { node.value = kept; entitle(node); }
    if (event.key !== 'Enter' || node.value === kept) return;
    event.preventDefault();  // else the list that is drawn in its place opens
    choose();
  });
  node.addEventListener('change', () => { if (!moving) choose(); });
  node.addEventListener('blur', () => setTimeout(() => { if (node.isConnected) choose(); }));  // one drawn again is not left
  return node;
}

function options(pairs, now, none) {
  const empty = none === undefined ? [] : [['', none]];
  return [...empty, ...pairs].map(([code, words]) => {
    const option = el('option', { selected: String(code) === String(now ?? '') }, words);
    option.value = code;
    return option;
  });
}
