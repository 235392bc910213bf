// Which lines stand on which row: consecutive lines of one substance and route share one, overlapping ones do not.

function activeAt(line, at) {
  return line.start <= at && (line.end === null || line.end > at);
}

function shownLines(card, view, at) {
  if (view.scope === 'all' || at === null) return card.lines;
  const kept = new Set(card.culprits || []);
  const rows = new Set();
  for (const line of card.lines) if (kept.has(line.id) || activeAt(line, at)) rows.add(line.row);
  return card.lines.filter((line) => rows.has(line.row));
}

function lanes(lines) {
  const found = [];
  for (const line of [...lines].sort((a, b) => a.start - b.start || (a.id < b.id ? -1 : 1))) {
    const lane = found.find((one) => {
      const last = one[one.length - 1];
      return last.end !== null && last.end <= line.start;
    });
    if (lane) lane.push(line);
    else found.push([line]);
  }
  return found;
}

// Rows from the top: {heading} or {lines}, by class of drugs or by start.
function rowsOf(card, view, at) {
  const groups = new Map();
  for (const line of shownLines(card, view, at)) {
    if (!groups.has(line.row)) groups.set(line.row, []);
    groups.get(line.row).push(line);
  }
  const rows = [];
  for (const lines of groups.values()) for (const lane of lanes(lines)) rows.push({ lines: lane });
  const start = (row) => row.lines[0].start;
  if (view.order === 'time') return rows.sort((a, b) => start(a) - start(b));
  const rank = (row) => `${row.lines[0].letter === 'unknown' ? 'ZZ' : row.lines[0].letter}|${row.lines[0].atc}`;
  rows.sort((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : start(a) - start(b)));
  const whole = [];
  let letter = null;
  for (const row of rows) {
    if (row.lines[0].letter !== letter) whole.push({ heading: row.lines[0].class });
    letter = row.lines[0].letter;
    whole.push(row);
  }
  return whole;
}

// The line of a row to name beside it: the one that runs at the cursor, else the last begun before, else the first.
function named(row, at) {
  const before = row.lines.filter((line) => at === null || line.start <= at);
  return row.lines.find((line) => at !== null && activeAt(line, at)) || before[before.length - 1] || row.lines[0];
}
