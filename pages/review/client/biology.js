// Small curves on the axis of the lines, each with its usual band; the mg a day of a substance when asked for.

const CURVE_PX = [30, 40];  // on a low screen, on a high one
const LEDGER_PX = 62;
const CURVES_FIRST = 4;

const curveHeight = (b) => CURVE_PX[b.parts.chart.clientHeight > 560 ? 1 : 0];

function drawBiology(b, card, scale, at) {
  const shown = b.view.curves === 'all' ? card.biology : card.biology.slice(0, b.curves);
  const panels = shown.map((one) => curvePanel(b, one, scale, at));
  if (b.view.ledger) panels.unshift(ledgerPanel(b, card, scale, at));
  const more = card.biology.length > b.curves
    ? el('button', { type: 'button', class: 'quiet', onclick: () => { b.view.curves = b.view.curves === 'all' ? '' : 'all'; drawLines(b); } },
      say(b, b.view.curves === 'all' ? 'curves_first' : 'curves_all', { count: card.biology.length })) : null;
  const sources = [...new Set(shown.map((one) => one.source).filter(Boolean))];
  fill(b.parts.bio, panels, el('div', { class: 'bio-foot muted' }, more,
    sources.length ? el('span', { class: 'sources', title: sources.join(say(b, 'and_source')) }, say(b, 'bands', { sources: sources.join(say(b, 'and_source')) })) : null));
}

function panelOf(height, label, svg, right) {
  return el('div', { class: 'panel-row', style: `height:${height}px` }, el('div', { class: 'labels' }, label), svg,
    el('div', { class: 'scores bounds', style: `width:${SCORE_PX}px` }, right));
}

function rangeOf(values, bounds) {
  const all = [...values, ...bounds];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const air = (high - low) * 0.16 || Math.abs(high) * 0.1 || 1;
  return [low - air, high + air];
}

function curvePanel(b, one, scale, at) {
  const tall = curveHeight(b);
  const bounds = one.bands.flatMap(([, ...both]) => both).filter((bound) => bound !== null);
  const [low, high] = rangeOf(one.points.map((point) => point[1]), bounds);
  const y = (value) => tall - 3 - ((value - low) / (high - low)) * (tall - 6);
  const svg = drawn('svg', { class: 'plot', width: scale.width, height: tall, 'aria-hidden': 'true' });
  const edgeOf = (since) => (since === undefined ? scale.width : since === null ? 0 : Math.min(Math.max(scale.x(since), 0), scale.width));
  one.bands.forEach(([since, foot, top], i) => {
    const [left, right] = [edgeOf(since), edgeOf((one.bands[i + 1] || [])[0])];
    const [upper, lower] = [top === null ? 0 : y(top), foot === null ? tall : y(foot)];
    svg.append(drawn('rect', { class: 'band', x: left, y: upper, width: Math.max(right - left, 0), height: Math.max(lower - upper, 1) }));
  });
  svg.append(drawn('polyline', { class: 'curve', points: one.points.map(([t, value]) => `${scale.x(t)},${y(value)}`).join(' ') }));
  for (const [t, value, outside] of one.points) svg.append(point(b, one, scale.x(t), y(value), t, value, outside, at));
  if (at !== null) cursorLine(svg, scale.x(at), tall);
  svg.addEventListener('pointerdown', (event) => dragCursor(b, event, svg));
  const last = one.points.filter((each) => at === null || each[0] <= at).pop();
  const words = last ? `${last[2] ? '◆ ' : ''}${numbered(b, last[1])} ${one.unit}` : '–';
  const label = el('div', { class: last && last[2] ? 'bio-label outside' : 'bio-label' }, el('span', { class: 'name' }, one.name), el('span', { class: 'value' }, words));
  const edge = (bound) => (bound === null ? '' : el('span', {}, numbered(b, bound, 1)));
  const [, foot, top] = bandAt(one, at) || [null, null, null];
  return panelOf(tall, label, svg, [edge(top), edge(foot)]);
}

// The band that holds at an instant, the last one where none is looked at.
const bandAt = (one, at) => one.bands.filter(([since]) => at === null || since === null || since <= at).pop();

// A value outside its band is a diamond, not only another colour; what is later than the cursor is pale.
function point(b, one, x, y, t, value, outside, at) {
  const later = at !== null && t > at ? ' later' : '';
  const title = drawn('title', {}, `${one.name} ${numbered(b, value)} ${one.unit}, ${clock(t)}`);
  if (!outside) return drawn('circle', { class: `point${later}`, cx: x, cy: y, r: 2.6 }, title);
  return drawn('path', { class: `point outside${later}`, d: `M${x},${y - 5} l5,5 l-5,5 l-5,-5 z` }, title);
}

function openLedger(b, key) {
  b.view.ledger = key;
  const card = cardHere(b);
  if (key && !card.ledgers) {
    ask(b, 'ledgers', { stay: card.stay }, (answer) => { if (answer.ok) card.ledgers = answer.ledgers; drawLines(b); });
  }
  drawLines(b);
}

function ledgerPanel(b, card, scale, at) {
  const found = card.ledgers && card.ledgers.find((one) => one.substance === b.view.ledger);
  const close = el('button', { type: 'button', class: 'quiet', 'aria-label': say(b, 'close'), onclick: () => openLedger(b, '') }, '×');
  if (!found) {
    const words = say(b, card.ledgers ? 'ledger_none' : 'loading');
    return panelOf(LEDGER_PX, el('div', { class: 'bio-label' }, el('span', { class: 'name' }, card.names[b.view.ledger]), el('span', { class: 'value' }, words), close), drawn('svg', { class: 'plot', width: scale.width, height: LEDGER_PX }), '');
  }
  const most = Math.max(...found.spans.map((span) => Math.max(span.high, span.maximum || 0))) * 1.12 || 1;
  const y = (value) => LEDGER_PX - 3 - (value / most) * (LEDGER_PX - 8);
  const svg = drawn('svg', { class: 'plot', width: scale.width, height: LEDGER_PX, 'aria-hidden': 'true' });
  for (const span of found.spans) {
    const [left, right] = [scale.x(span.since), Math.min(scale.x(span.until), scale.width)];
    const above = tooMuch(span) ? ' above' : '';
    const title = `${bandWords(b, span)} ${say(b, 'mg_a_day')}\n${span.bound}\n${clock(span.since)} → ${clock(span.until)}`;
    svg.append(drawn('rect', { class: `dose${above}`, x: left, y: y(span.low), width: Math.max(right - left, 1), height: Math.max(y(0) - y(span.low), 0) }, drawn('title', {}, title)));
    if (span.high > span.low) svg.append(drawn('rect', { class: `dose maybe${above}`, x: left, y: y(span.high), width: Math.max(right - left, 1), height: y(span.low) - y(span.high) }, drawn('title', {}, title)));
    if (span.maximum) svg.append(drawn('line', { class: 'maximum', x1: left, x2: right, y1: y(span.maximum), y2: y(span.maximum) }));
  }
  if (at !== null) cursorLine(svg, scale.x(at), LEDGER_PX);
  const here = found.spans.find((span) => at !== null && span.since <= at && span.until > at);
  const bound = here || found.spans.filter((span) => at !== null && span.since <= at).pop() || found.spans[0];
  const above = here && tooMuch(here);
  const label = el('div', { class: above ? 'bio-label of-ledger outside' : 'bio-label of-ledger', role: 'ledger-panel' },
    el('span', { class: 'name' }, `${card.names[b.view.ledger]}, ${say(b, 'mg_a_day')}`),
    el('span', { class: 'value' }, `${above ? '◆ ' : ''}${here ? bandWords(b, here) : '0'}`),
    close, el('span', { class: 'muted whole', title: bound.bound }, bound.bound));
  return panelOf(LEDGER_PX, label, svg, bound.maximum ? el('span', {}, amount(b, bound.maximum)) : '');
}

// More than the patient may have at that time, or anything of what should not be given.
const tooMuch = (span) => span.stop || (span.maximum && span.high > span.maximum * 1.001);

function bandWords(b, span) {
  const [low, high] = [amount(b, span.low), amount(b, span.high)];
  if (!span.known) return say(b, 'at_least', { low });
  return low === high ? high : say(b, 'band', { low, high });
}
