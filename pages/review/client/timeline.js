// The timeline: an axis that stays, rows that scroll, curves that stay, and one cursor through the three.

const LABEL_SHARE = 0.37;  // of the width, for the names beside the plot: whole on a wide screen, and room for the plot on a narrow one
const LABEL_PX = [176, 400];
const SCORE_PX = 44;
const STEPS = [1, 2, 3, 6, 12, 24, 48, 96, 168, 336, 720, 1440].map((hours) => hours * HOUR);

function buildTimeline(b) {
  b.parts.who = el('h2', { class: 'who', role: 'who' });
  b.parts.badges = el('div', { class: 'badges' });
  b.parts.viewTools = el('div', { class: 'tools' });
  b.parts.axis = el('div', { class: 'axis' });
  b.parts.gantt = el('div', { class: 'gantt', role: 'timeline' });
  b.parts.bio = el('div', { class: 'bio', role: 'biology' });
  b.parts.table = el('div', { class: 'as-table', role: 'table', hidden: true });
  b.parts.chart = el('div', { class: 'chart' }, b.parts.axis, b.parts.gantt, b.parts.bio);
  return el('section', { class: 'lines', 'aria-label': say(b, 'lines') },
    el('div', { class: 'head' }, b.parts.who, b.parts.badges), b.parts.viewTools, b.parts.chart, b.parts.table);
}

const drawViewTools = (b) => keepingFocus(b, b.parts.viewTools, () => drawViewToolsNow(b));

function drawViewToolsNow(b) {
  const card = cardHere(b);
  const at = cursorAt(b);
  const running = at === null ? card.lines.length : card.lines.filter((line) => activeAt(line, at)).length;
  const set = (name) => (code) => { b.view[name] = code; writeAddress(b); drawLines(b); };
  const keys = Object.entries(card.names).sort((x, y) => x[1].localeCompare(y[1]));
  const ledger = list({ role: 'ledger', 'aria-label': say(b, 'ledger'), onchange: (event) => openLedger(b, event.target.value) },
    keys, b.view.ledger, say(b, 'ledger'));
  fill(b.parts.viewTools,
    choice(b, 'scope', [['active', say(b, 'scope_active', { count: running })], ['all', say(b, 'scope_all', { count: card.lines.length })]], b.view.scope, set('scope')),
    choice(b, 'order', [['class', say(b, 'order_class')], ['time', say(b, 'order_time')]], b.view.order, set('order')),
    choice(b, 'view', [['timeline', say(b, 'view_timeline')], ['table', say(b, 'view_table')]], b.view.view, set('view')),
    ledger);
}

function drawLines(b) {
  const card = cardHere(b);
  if (!card || card.refused) return;
  fill(b.parts.who, card.who, card.diagnoses ? [' · ', el('span', { role: 'diagnoses', title: card.all_diagnoses }, card.diagnoses)] : null);
  b.parts.who.title = [card.who, card.all_diagnoses].filter(Boolean).join(' · ');
  drawBadges(b, card);
  drawViewTools(b);
  const table = b.view.view === 'table';
  b.parts.chart.hidden = table;
  b.parts.table.hidden = !table;
  if (table) drawTable(b, card);
  else drawChart(b, card);
}

const drawBadges = (b, card) => keepingFocus(b, b.parts.badges, () => drawBadgesNow(b, card));

function drawBadgesNow(b, card) {
  const badge = (words, kind, title) => el('span', { class: `badge ${kind}`, title: title || words }, words);
  fill(b.parts.badges,
    b.others && b.others.length ? badge(say(b, 'others_here', { who: b.others.join(', ') }), 'info') : null,
    card.flagged ? badge(`⚑ ${say(b, 'flag')}`, 'info') : null,
    card.deferred ? badge(say(b, 'deferred_badge', { at: card.deferred }), 'info') : null,
    b.base.invented ? badge(b.base.invented, 'warn', b.base.invented_help) : null,
    el('button', { type: 'button', class: 'quiet', role: 'language', lang: b.base.language === 'fr' ? 'en' : 'fr',
      onclick: () => turnLanguage(b) }, b.base.language === 'fr' ? 'English' : 'Français'));
}

// Bring the lines at fault into sight when an alert comes to the screen.
function bringGuilty(b) {
  const guilty = [...b.parts.gantt.querySelectorAll('.label.guilty')].map((node) => node.offsetTop - b.parts.gantt.offsetTop);
  const [first, last] = [Math.min(...guilty), Math.max(...guilty)];
  const room = b.parts.gantt.clientHeight;
  b.parts.gantt.scrollTop = guilty.length ? Math.max(last - first < room ? (first + last - room) / 2 : first - 40, 0) : 0;
}

// Milliseconds to pixels of the plot.
function scaleOf(b, card) {
  const low = card.span[0];
  const high = Math.max(card.span[1], low + 12 * HOUR);
  const air = (high - low) * 0.02;
  const label = Math.round(Math.min(Math.max(b.parts.gantt.clientWidth * LABEL_SHARE, LABEL_PX[0]), LABEL_PX[1]));
  b.parts.chart.style.setProperty('--label', `${label}px`);
  const width = Math.max(b.parts.gantt.clientWidth - label - SCORE_PX, 120);
  const x = (ms) => ((ms - low + air) / (high - low + 2 * air)) * width;
  const back = (px) => (px / width) * (high - low + 2 * air) + low - air;
  return { low, high, width, x, back };
}

function drawChart(b, card) {
  const at = cursorAt(b);
  const scale = b.scale = scaleOf(b, card);
  const rows = rowsOf(card, b.view, at);
  const tall = tallOf(b, card, rows.length);
  b.parts.gantt.style.setProperty('--tall', `${tall}px`);
  const svg = drawn('svg', { class: 'plot', width: scale.width, height: rows.length * tall, 'aria-hidden': 'true' }, hatch());
  grid(svg, scale, rows.length * tall);
  const labels = el('div', { class: 'labels' });
  const scores = el('div', { class: 'scores', style: `width:${SCORE_PX}px` });
  const risk = risksAt(b, card, at);
  rows.forEach((row, place) => {
    labels.append(row.heading ? el('div', { class: 'class', title: row.heading }, row.heading) : rowLabel(b, card, named(row, at)));
    scores.append(row.heading ? el('div') : rowScore(b, risk, named(row, at)));
    if (!row.heading) row.lines.forEach((line, i) => bar(svg, b, card, scale, line, row.lines[i - 1], place * tall, tall, at));
  });
  if (at !== null) {
    cursorLine(svg, scale.x(at), rows.length * tall);
    arcs(b, svg, card, rows, tall, at);
  }
  svg.addEventListener('pointerdown', (event) => dragCursor(b, event, svg));
  keepingFocus(b, b.parts.gantt, () => fill(b.parts.gantt, el('div', { class: 'rows-of-lines' }, labels, svg, scores)));
  keepingFocus(b, b.parts.axis, () => drawAxis(b, card, scale, at));  // scores come while the cursor is moved
  keepingFocus(b, b.parts.bio, () => drawBiology(b, card, scale, at));
}

// Few lines breathe, eighty are still readable; what room is left shows more curves.
function tallOf(b, card, count) {
  const room = b.parts.chart.clientHeight - 60;
  const first = Math.min(card.biology.length, CURVES_FIRST) * curveHeight(b) + (b.view.ledger ? LEDGER_PX : 0);
  const tall = Math.min(Math.max(Math.floor((room - first) / Math.max(count, 1)), 15), 24);
  b.curves = Math.max(Math.floor((room - count * tall - (b.view.ledger ? LEDGER_PX : 0)) / curveHeight(b)), CURVES_FIRST);
  return tall;
}

// As-needed lines are hatched, so that colour is not the only sign.
function hatch() {
  return drawn('defs', {}, drawn('pattern', { id: 'prn', width: 5, height: 5, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
    drawn('rect', { width: 5, height: 5, class: 'prn-ground' }), drawn('rect', { width: 2, height: 5, class: 'prn-stripe' })));
}

function ticks(scale) {
  const step = STEPS.find((one) => (scale.high - scale.low) / one <= scale.width / 76) || STEPS[STEPS.length - 1];
  const found = [];
  for (let at = Math.ceil(scale.low / step) * step; at <= scale.high; at += step) found.push(at);
  return { step, found };
}

function grid(svg, scale, height) {
  for (const at of ticks(scale).found) {
    svg.append(drawn('line', { class: 'grid', x1: scale.x(at), x2: scale.x(at), y1: 0, y2: height }));
  }
}

// What is given and how often keeps its room; the route and the rest give theirs up first.
function rowLabel(b, card, line) {
  const guilty = (card.culprits || []).includes(line.id);
  const [often, ...rest] = line.dosage.split(' · ');
  return el('button', {
    type: 'button', class: guilty ? 'label guilty' : 'label', tabindex: guilty ? '0' : '-1',
    title: `${line.name} · ${line.dosage}\n${say(b, 'from_to', { from: line.from, to: line.end === null ? say(b, 'open_end') : line.to })}${line.gap ? `\n${line.gap}` : ''}`,
    onclick: () => line.keys.length && openLedger(b, b.view.ledger === line.keys[0] ? '' : line.keys[0]),
  }, el('span', { class: 'name' }, guilty ? '◆ ' : '', line.name, line.gap ? ' ⁇' : ''), el('span', { class: 'often' }, often), el('span', { class: 'rest' }, rest.map((one) => ` · ${one}`).join('')));
}

function rowScore(b, risk, line) {
  const value = risk && risk.get(line.id);
  if (value === undefined || value === null) return el('div', { class: 'score' });
  return el('div', { class: value >= 0.2 ? 'score high' : 'score' }, percent(b, value));
}

function bar(svg, b, card, scale, line, before, top, tall, at) {
  const left = scale.x(line.start);
  const right = line.end === null ? scale.width : scale.x(line.end);
  const wide = Math.max(right - left, 2);
  const guilty = (card.culprits || []).includes(line.id);
  const kind = ['bar', guilty ? 'guilty' : '', line.prn ? 'prn' : '', at !== null && !activeAt(line, at) ? 'asleep' : ''].join(' ');
  svg.append(drawn('rect', { class: kind, x: left, y: top + tall * 0.18, width: wide, height: tall * 0.64, rx: 2 },
    drawn('title', {}, `${line.name} · ${line.dosage}\n${line.from} → ${line.end === null ? say(b, 'open_end') : line.to}`)));
  if (line.end === null) svg.append(drawn('path', { class: kind, d: `M${right - 5},${top + tall * 0.18} l5,${tall * 0.32} l-5,${tall * 0.32}` }));
  if (before) changeMark(svg, line, before, left, wide, top, tall);
}

// Where a line follows another of the same substance and route: a mark, and the new dose where there is room.
function changeMark(svg, line, before, left, wide, top, tall) {
  svg.append(drawn('path', { class: 'step', d: `M${left},${top + 1} v${tall - 2}` }, drawn('title', {}, `${before.dosage} → ${line.dosage}`)));
  if (line.dose !== before.dose && wide > 7 * line.dose.length + 8) {
    svg.append(drawn('text', { class: 'step-dose', x: left + 4, y: top + tall * 0.66 }, `→ ${line.dose}`));
  }
}

// An arc from the index line to each other culprit, further out for each, with the score of the pair.
function arcs(b, svg, card, rows, tall, at) {
  const place = new Map();
  rows.forEach((row, i) => { if (row.lines) row.lines.forEach((line) => place.set(line.id, i)); });
  pairsAt(b, card, at).filter((pair) => place.has(pair.a) && place.has(pair.b) && place.get(pair.a) !== place.get(pair.b)).slice(0, 4)
    .forEach((pair, n) => {
      const [y1, y2] = [pair.a, pair.b].map((id) => (place.get(id) + 0.5) * tall);
      const x = b.scale.x(at);
      const room = b.scale.width - x > 90 ? 1 : -1;
      const out = x + room * (46 + 22 * n);
      svg.append(drawn('path', { class: 'arc', d: `M${x},${y1} C${out},${y1} ${out},${y2} ${x},${y2}` }));
      for (const y of [y1, y2]) svg.append(drawn('circle', { class: 'arc-end', cx: x, cy: y, r: 3.5 }));
      if (pair.p === null) return;
      const label = drawn('text', { class: 'arc-score', x: x + room * (38 + 16 * n), y: y1 + (y2 - y1) * 0.72 + 4, 'text-anchor': room > 0 ? 'start' : 'end' }, percent(b, pair.p));
      svg.append(label);
    });
}
