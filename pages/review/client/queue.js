// The ranked queue: where it is filtered and searched, and its rows.

const FILTERS = ['state', 'ward', 'error_type', 'level', 'origin', 'model_id'];

const ORDERS = ['alert', 'stay', 'banned', 'time'];

const filtered = (b) => FILTERS.filter((name) => b.queue.asked[name] && !(name === 'state' && b.queue.asked[name] === 'open'));

function drawQueueHead(b) {
  const place = b.queue.rows.findIndex((row) => row.key === b.here);
  const asked = filtered(b);
  const words = say(b, 'position', { place: place < 0 ? '–' : place + 1, total: b.queue.total });
  fill(b.parts.position, words);
  fill(b.parts.filtersOpen, say(b, 'filters'), asked.length ? el('span', { class: 'count' }, String(asked.length)) : null);
}

function drawOrder(b) {
  keepingFocus(b, b.parts.by, () => fill(b.parts.by, chooser({
    role: 'by', 'aria-label': say(b, 'by'),
    onchange: (event) => refilter(b, 'by', event.target.value === ORDERS[0] ? '' : event.target.value),
  }, ORDERS.map((code) => [code, say(b, `by_${code}`)]), b.queue.by)));
}

function buildQueue(b) {
  b.parts.position = el('span', { class: 'muted', role: 'position' });
  b.parts.filtersOpen = el('button', {
    type: 'button', role: 'filters-open', class: 'quiet', 'aria-expanded': 'false', 'aria-haspopup': 'true',
    onclick: () => toggle(b, 'filters'),
  });
  b.parts.search = el('input', {
    type: 'search', role: 'search', placeholder: say(b, 'search_hint'), 'aria-label': say(b, 'search'),
    oninput: () => { clearTimeout(b.searching); b.searching = setTimeout(() => refilter(b, 'search', b.parts.search.value), 350); },
    onkeydown: (event) => { if (event.key === 'Enter') { clearTimeout(b.searching); refilter(b, 'search', b.parts.search.value); } },
  });
  b.parts.by = el('span', { class: 'order' });
  b.parts.filters = el('div', { class: 'panel', role: 'filters', hidden: true });
  b.parts.rows = el('div', { class: 'rows', role: 'queue', aria: 'listbox', tabindex: '0', 'aria-label': say(b, 'queue') });
  b.parts.rows.addEventListener('keydown', (event) => queueKeys(b, event));
  return el('section', { class: 'queue', 'aria-label': say(b, 'queue') },
    el('div', { class: 'head' }, el('h1', {}, say(b, 'title')), b.parts.by, b.parts.position),
    el('div', { class: 'tools' }, b.parts.search, b.parts.filtersOpen),
    b.parts.filters, b.parts.rows);
}

function queueKeys(b, event) {
  const tall = b.parts.rows.querySelector('.row')?.offsetHeight || 1;
  const page = Math.max(Math.floor(b.parts.rows.clientHeight / tall) - 1, 1);
  const by = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity }[event.key];
  if (!by) return;
  event.preventDefault();
  step(b, by);
}

const drawFilters = (b) => keepingFocus(b, b.parts.filters, () => drawFiltersNow(b));

function drawFiltersNow(b) {
  const state = b.queue.asked.state || 'open';
  const there = b.choices[state] || {};
  if (!b.choices[state] && !b.parts.filters.hidden && !asking(b, 'choices')) {
    ask(b, 'choices', { state }, (answer) => { if (answer.ok) { b.choices[state] = answer.choices; drawFilters(b); } });
  }
  const change = (name) => (event) => refilter(b, name, event.target.value);
  const selects = FILTERS.map((name) => el('label', {}, el('span', {}, b.base.filters[name]),
    chooser({ role: `filter-${name}`, onchange: change(name) }, there[name] || [],
      b.queue.asked[name] || (name === 'state' ? 'open' : ''), name === 'state' ? undefined : say(b, 'any'))));
  const nothing = b.queue.rows.length ? null : el('p', { class: 'note' }, emptyWords(b)); // the panel lies over the list that says so
  fill(b.parts.filters, selects, nothing, drawViews(b));
}

function drawViews(b) {
  const named = el('input', { type: 'text', maxlength: '40', role: 'view-name', 'aria-label': say(b, 'view_name'), placeholder: say(b, 'view_name') });
  const keep = () => {
    const title = named.value.trim();
    if (!title) return;
    gesture(b, 'view', { title, filters: b.queue.asked }, () => askViews(b));
  };
  const kept = (b.views || []).map(([title, filters]) => el('div', { class: 'view' },
    el('button', { type: 'button', class: 'quiet', role: 'view', onclick: () => rank(b, filters) }, title),
    el('button', { type: 'button', class: 'quiet', 'aria-label': say(b, 'view_drop', { name: title }), title: say(b, 'view_drop', { name: title }),
      onclick: () => gesture(b, 'view', { title, filters: null }, () => askViews(b)) }, '×')));
  return el('div', { class: 'views' }, el('span', {}, say(b, 'views')), kept,
    el('div', { class: 'tools' }, named, el('button', { type: 'button', role: 'view-keep', disabled: !b.base.reviewer, onclick: keep }, say(b, 'view_keep'))));
}

function askViews(b) {
  ask(b, 'views', {}, (answer) => { b.views = answer.views; drawFilters(b); });
}

function refilter(b, name, value) {
  rank(b, { ...b.queue.asked, [name]: value });
}

function rank(b, filters) {
  ask(b, 'queue', { filters, minutes: b.queue.minutes }, (answer) => {
    if (!answer.ok) return tell(b, answer.said, 'bad');
    takeQueue(b, answer.queue);
    if (!b.queue.rows.some((row) => row.key === b.here) && b.queue.rows.length) show(b, b.queue.rows[0].key);
    drawSession(b);
    return drawQueue(b);
  });
}

function takeQueue(b, queue) {
  b.queue = queue;
  countAnew(b);
  b.rowOf = new Map(queue.rows.map((row, place) => [row.key, { row, place }]));
  for (const row of queue.rows) {
    if (row.state === 'open' && b.cards.has(row.key)) b.cards.get(row.key).state = 'open';
  }
  writeAddress(b);
}

// What was searched for and is not there is not what has been read.
function emptyWords(b) {
  const { search } = b.queue.asked;
  return search ? say(b, 'none_found', { text: search }) : say(b, 'none');
}

function drawQueue(b) {
  drawQueueHead(b);
  drawOrder(b);
  drawFilters(b);
  if (document.activeElement !== b.parts.search) b.parts.search.value = b.queue.asked.search || '';
  const nodes = [];
  let stay = '';
  b.queue.rows.forEach((row, place) => {
    if (b.queue.by === 'stay' && row.stay !== stay) nodes.push(el('div', { class: 'stay-head', aria: 'presentation' }, `${row.patient} · ${row.ward}`));
    stay = row.stay;
    nodes.push(queueRow(b, row));
    if (['alert', 'stay'].includes(b.queue.by) && place + 1 === b.queue.read && place + 1 < b.queue.rows.length && (b.queue.asked.state || 'open') === 'open') {
      nodes.push(el('div', { class: 'cut', aria: 'presentation' }, say(b, 'cut', { minutes: b.queue.minutes })));
    }
  });
  if (!b.queue.rows.length) nodes.push(el('p', { class: 'muted pad', aria: 'presentation' }, emptyWords(b)));
  for (const id of b.queue.stays) nodes.push(openStay(b, id));
  if (b.queue.more) nodes.push(el('p', { class: 'muted pad', aria: 'presentation' }, b.queue.more));
  fill(b.parts.rows, nodes);
  markHere(b);
}

function openStay(b, id) {
  return el('div', { aria: 'option', class: 'row stay-open', tabindex: '-1', 'data-stay': id, 'aria-selected': 'false',
    onclick: () => show(b, `stay:${id}`) }, say(b, 'open_stay', { stay: id }));
}

function queueRow(b, row) {
  const said = row.level_long ? `${row.type} · ${row.level_long}` : row.type;
  const change = row.change ? el('span', { class: 'change', title: say(b, 'change_help') }, row.change) : null;
  const hours = row.hours ? el('span', { class: 'hours', title: say(b, 'hours_help') }, row.hours) : '';
  return el('div', {
    aria: 'option', class: 'row', 'data-alert': row.alert, 'data-key': row.key, 'data-state': row.state, 'aria-selected': 'false',
    id: `row-${row.key}`, title: [row.lines, said, [row.change, row.hours, row.ward, row.patient].filter(Boolean).join(' · '), `${row.origin} · ${row.at}`].join('\n'), onclick: () => show(b, row.key),
  },
  el('span', { class: 'risk', style: `--share:${row.score ?? 0}` }, row.risk),
  el('span', { class: 'what' },
    el('span', { class: 'drugs' }, row.flagged ? el('span', { class: 'flag', aria: 'img', 'aria-label': say(b, 'flag') }, '⚑ ') : null, row.lines),
    el('span', { class: 'muted' }, [row.level ? el('abbr', { title: row.level_long }, row.level) : null, row.level ? ' · ' : '', row.type].filter(Boolean)),
    el('span', { class: 'muted' }, change ? [change, ' · '] : '', hours ? [hours, ' · '] : '', `${row.ward} · ${row.patient}`,
      row.others.length ? el('span', { class: 'who' }, ` · ${say(b, 'open_by', { who: row.others.join(', ') })}`) : '')),
  el('span', { class: 'sign', aria: 'img', 'aria-label': say(b, `state_${row.state}`), title: say(b, `state_${row.state}`) }, SIGN[row.state] || ''));
}

const SIGN = { confirmed: '✓', rejected: '✕', unsure: '?', disagreed: '≠', deferred: '◷', saving: '…' };

function markHere(b) {
  for (const node of b.parts.rows.querySelectorAll('[aria-selected="true"]')) node.setAttribute('aria-selected', 'false');
  const node = b.parts.rows.querySelector(`[data-key="${CSS.escape(b.here)}"]`);
  if (!node) return;
  node.setAttribute('aria-selected', 'true');
  b.parts.rows.setAttribute('aria-activedescendant', node.id);
  const box = b.parts.rows.getBoundingClientRect();
  const mine = node.getBoundingClientRect();
  if (mine.top < box.top || mine.bottom > box.bottom - 90) b.parts.rows.scrollTop += mine.top - box.top - box.height * 0.3;
}

function setState(b, key, state) {
  const found = b.rowOf.get(key);
  if (!found) return;
  found.row.state = state;
  const node = b.parts.rows.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (node) node.replaceWith(queueRow(b, found.row));
  markHere(b);
}
