// The same stay as a table, for who prefers it or uses a screen reader: the lines at fault first.

function drawTable(b, card) {
  const at = cursorAt(b);
  const guilty = new Set(card.culprits || []);
  const risk = risksAt(b, card, at);
  const lines = [...card.lines].sort((x, y) => guilty.has(y.id) - guilty.has(x.id) || (x.atc < y.atc ? -1 : x.atc > y.atc ? 1 : x.start - y.start));
  const kept = b.view.scope === 'all' ? lines : lines.filter((line) => at === null || activeAt(line, at) || guilty.has(line.id));
  const yes = (holds) => say(b, holds ? 'yes' : 'no');
  const body = kept.map((line) => el('tr', { class: guilty.has(line.id) ? 'guilty' : null },
    el('th', { scope: 'row' }, guilty.has(line.id) ? '◆ ' : '', line.name, line.gap ? ' ⁇' : '', line.gap ? el('span', { class: 'muted small' }, ` ${line.gap}`) : ''), el('td', {}, line.dosage), el('td', {}, line.from),
    el('td', {}, line.end === null ? say(b, 'open_end') : line.to), el('td', {}, yes(at === null || activeAt(line, at))),
    el('td', {}, risk && risk.has(line.id) ? percent(b, risk.get(line.id)) : '–'), el('td', {}, line.class)));
  const heads = ['drug', 'dosage', 'start', 'end', 'active', 'risk', 'class'].map((name) => el('th', { scope: 'col' }, say(b, `column_${name}`)));
  const results = card.biology.map((one) => el('tr', {}, el('th', { scope: 'row' }, `${one.name}${one.unit ? ` (${one.unit})` : ''}`),
    el('td', {}, (bandAt(one, at) || [null, null, null]).slice(1).map((bound) => (bound === null ? '…' : numbered(b, bound, 1))).join(' – ')),
    el('td', {}, one.points.map(([t, value, outside]) => `${say(b, 'result', { at: clock(t), value: numbered(b, value) })}${outside ? ' ◆' : ''}`).join(' · '))));
  const bioHeads = ['measure', 'usual', 'results'].map((name) => el('th', { scope: 'col' }, say(b, `column_${name}`)));
  fill(b.parts.table,
    el('table', {}, el('caption', {}, say(b, at === null ? 'table_all' : 'table_at', { at: at === null ? '' : clock(at) })), el('thead', {}, el('tr', {}, heads)), el('tbody', {}, body)),
    results.length ? el('table', {}, el('caption', {}, say(b, 'table_biology')), el('thead', {}, el('tr', {}, bioHeads)), el('tbody', {}, results)) : null);
}
