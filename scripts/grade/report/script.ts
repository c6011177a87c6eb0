// The one script of report.html: sorts the heat map by a column, and opens what a link leads to. Without it all of the page
// can be read as well. It touches no text of a submission but to compare numbers.

export const script = `
'use strict';
const table = document.getElementById('heat');
const body = table.tBodies[0];
const rows = [...body.rows];
const number = (row, column) => {
  const value = Number.parseFloat(row.cells[column].textContent);
  return Number.isNaN(value) ? -1 : value;
};
[...table.tHead.rows[0].cells].forEach((head, column) => {
  const button = document.createElement('button');
  button.type = 'button';
  button.title = 'sort';
  button.append(...head.childNodes);
  head.append(button);
  button.addEventListener('click', () => {
    const up = head.getAttribute('aria-sort') !== (column === 0 ? 'ascending' : 'descending');
    const first = column === 0 ? 1 : -1;
    const way = up ? first : -first;
    for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort');
    head.setAttribute('aria-sort', way === 1 ? 'ascending' : 'descending');
    const place = new Map(rows.map((row, index) => [row, index]));
    const sorted = [...rows].sort((a, b) =>
      column === 0
        ? way * (place.get(a) - place.get(b))
        : way * (number(a, column) - number(b, column)) || place.get(a) - place.get(b));
    body.append(...sorted);
  });
});
const open = () => {
  const target = document.getElementById(location.hash.slice(1));
  if (!target) return;
  for (let at = target; at; at = at.parentElement) if (at.tagName === 'DETAILS') at.open = true;
  target.scrollIntoView();
};
addEventListener('hashchange', open);
open();
`;
