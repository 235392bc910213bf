// The instant looked at: that of the alert until it is dragged or moved by the arrow keys; scores follow it.

function cursorAt(b) {
  const card = cardHere(b);
  if (b.at !== null) return b.at;
  return card && card.at !== undefined ? card.at : null;
}

// The instants of a stay at which anything changes.
function instantsOf(b, card) {
  if (card.moments) return card.moments.times;
  const found = new Set([card.at].filter((at) => at !== undefined));
  for (const line of card.lines) { found.add(line.start); if (line.end !== null) found.add(line.end); }
  for (const curve of card.biology) for (const point of curve.points) found.add(point[0]);
  return [...found].sort((a, z) => a - z);
}

function instantBefore(times, at) {
  let found = -1;
  for (let i = 0; i < times.length && times[i] <= at; i += 1) found = i;
  return found;
}

// Risk by line at the instant; null while nobody has computed it. It is what has come up until there, but for the line of the
// alert where the alert stands: there it is that of the queue and of the sentence, which count what follows too.
function risksAt(b, card, at) {
  if (!card.moments || at === null) return null;
  if (!card.moments.byInstant) {
    card.moments.byInstant = new Map();
    for (const [instant, line, risk] of card.moments.risk) {
      if (!card.moments.byInstant.has(instant)) card.moments.byInstant.set(instant, new Map());
      card.moments.byInstant.get(instant).set(line, risk);
    }
  }
  const here = card.moments.byInstant.get(instantBefore(card.moments.times, at)) || new Map();
  return at === card.at && card.score !== null ? new Map([...here, [card.culprits[0], card.score]]) : here;
}

// The pairs to tie: those of the alert at its instant, those that the network sees elsewhere.
function pairsAt(b, card, at) {
  if (!card.alert) return [];
  const [index, ...partners] = card.culprits;
  if (at === card.at || !card.moments) {
    const score = new Map(card.pairs.map((pair) => [pair.line_id, pair.score]));
    return partners.map((other) => ({ a: index, b: other, p: score.has(other) ? score.get(other) : null }));
  }
  const here = instantBefore(card.moments.times, at);
  const found = new Map();
  for (const [instant, a, other, p] of card.moments.pairs) {
    const name = [a, other].sort().join('|');
    if (instant === here && p > (found.get(name)?.p || 0)) found.set(name, { a, b: other, p });
  }
  return [...found.values()].sort((a, z) => z.p - a.p);
}

function cursorLine(svg, x, height) {
  svg.append(drawn('line', { class: 'cursor', x1: x, x2: x, y1: 0, y2: height }));
}

function drawAxis(b, card, scale, at) {
  const svg = drawn('svg', { class: 'plot', width: scale.width, height: 38 });
  const { step, found } = ticks(scale);
  for (const tick of found) {
    const words = step < DAY && new Date(tick).getUTCHours() ? clock(tick).slice(6) : clock(tick).slice(0, 5);
    svg.append(drawn('text', { class: 'tick', x: scale.x(tick), y: 34, 'text-anchor': 'middle' }, words));
  }
  const moved = at !== null && card.at !== undefined && at !== card.at;
  if (moved) svg.append(drawn('path', { class: 'alert-mark', d: `M${scale.x(card.at)},38 l-4,-7 h8 z` }, drawn('title', {}, say(b, 'alert_at', { at: card.at_words }))));
  if (at !== null) svg.append(...handle(b, card, scale, at, moved));
  svg.addEventListener('pointerdown', (event) => dragCursor(b, event, svg));
  const back = moved ? el('button', { type: 'button', class: 'quiet', role: 'cursor-back', onclick: () => moveCursor(b, null) }, say(b, 'cursor_back')) : el('span', { class: 'muted' }, say(b, 'cursor_hint'));
  fill(b.parts.axis, el('div', { class: 'labels axis-note' }, back), svg,
    el('div', { class: 'scores', style: `width:${SCORE_PX}px`, title: say(b, 'risk_help') }, card.moments && at !== null ? say(b, 'risk') : ''));
}

function handle(b, card, scale, at, moved) {
  const x = scale.x(at);
  const words = say(b, moved ? 'cursor_at' : 'alert_at', { at: clock(at) });
  const times = instantsOf(b, card);
  const grip = drawn('g', {
    class: 'handle', role: 'cursor', tabindex: '0', aria: 'slider', 'aria-label': say(b, 'cursor'), 'aria-valuemin': 0,
    'aria-valuemax': Math.max(times.length - 1, 0), 'aria-valuenow': Math.max(instantBefore(times, at), 0), 'aria-valuetext': words,
    onkeydown: (event) => cursorKeys(b, event),
  }, drawn('rect', { x: x - 5, y: 16, width: 10, height: 22, rx: 3 }), drawn('path', { class: 'cursor', d: `M${x},18 V38` }));
  const side = x > scale.width / 2 ? 'end' : 'start';
  return [drawn('text', { class: 'cursor-words', x: x + (side === 'end' ? 5 : -5), y: 12, 'text-anchor': side }, words), grip];
}

function cursorKeys(b, event) {
  const times = instantsOf(b, cardHere(b));
  const here = instantBefore(times, cursorAt(b));
  const to = { ArrowLeft: here - 1, ArrowDown: here - 1, ArrowRight: here + 1, ArrowUp: here + 1, PageDown: here - 10, PageUp: here + 10 }[event.key];
  if (event.key === 'Home') moveCursor(b, times[0]);
  else if (event.key === 'End') moveCursor(b, times[times.length - 1]);
  else if (event.key === 'Escape') moveCursor(b, null);
  else if (to === undefined) return;
  else moveCursor(b, times[Math.min(Math.max(to, 0), times.length - 1)]);
  event.preventDefault();
  event.stopPropagation();
}

function moveCursor(b, at) {
  const card = cardHere(b);
  b.at = at === card.at ? null : at;
  if (!card.moments) askMoments(b, card);
  drawLines(b);
}

// Wherever the plot is pressed, the cursor comes; it follows the pointer and rests on the instant before it.
function dragCursor(b, event, svg) {
  if (event.button !== 0 || cursorAt(b) === null) return;
  const card = cardHere(b);
  const times = instantsOf(b, card);
  const left = svg.getBoundingClientRect().left;
  const follow = (moved) => {
    const px = Math.min(Math.max(moved.clientX - left, 0), b.scale.width);
    const here = instantBefore(times, b.scale.back(px));
    moveCursor(b, times[Math.max(here, 0)]);
  };
  const release = () => {
    window.removeEventListener('pointermove', follow);
    window.removeEventListener('pointerup', release);
  };
  window.addEventListener('pointermove', follow);
  window.addEventListener('pointerup', release);
  event.preventDefault();
  follow(event);
  b.parts.axis.querySelector('[data-role="cursor"]').focus({ preventScroll: true });  // the arrows go on from there
}

function askMoments(b, card) {
  if (!card.alert || card.asked_moments) return;
  card.asked_moments = true;
  ask(b, 'moments', { alert: card.alert }, (answer) => {
    if (answer.ok) card.moments = answer.moments;
    if (cardHere(b) === card && b.view.view === 'timeline') drawLines(b);
  });
}
