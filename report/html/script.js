// Filters the findings. Without it the page shows all of them.
'use strict';
(() => {
  const bar = document.getElementById('filter');
  if (!bar) return;
  const findings = [...document.querySelectorAll('article.finding')];
  const control = (name) => bar.querySelector(`[name=${name}]`);
  const order = ['low', 'medium', 'high'];
  const texts = new Map(findings.map((f) => [f, f.textContent.toLowerCase()]));

  const apply = () => {
    const severities = new Set([...bar.querySelectorAll('[name=severity]:checked')].map((box) => box.value));
    const least = order.indexOf(control('confidence').value);
    const weakness = control('weakness').value;
    const path = control('path').value;
    const words = control('text').value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const f of findings) {
      const { severity, confidence, weakness: id, path: file } = f.dataset;
      const passes = severities.has(severity) && order.indexOf(confidence) >= least &&
        (!weakness || weakness === id) && (!path || path === file) && words.every((w) => texts.get(f).includes(w));
      f.hidden = !passes;
      if (passes) shown++;
    }
    bar.querySelector('.shown').textContent = shown === findings.length ? '' : `${shown} of ${findings.length} findings`;
  };

  const reset = () => {
    for (const box of bar.querySelectorAll('[name=severity]')) box.checked = true;
    for (const list of bar.querySelectorAll('select')) list.selectedIndex = 0;
    control('text').value = '';
    apply();
  };

  const fold = control('fold');
  fold.addEventListener('click', () => {
    const open = fold.textContent !== 'Fold all';
    for (const f of findings) f.querySelector('details').open = open;
    fold.textContent = open ? 'Fold all' : 'Unfold all';
  });

  // What a link leads to must be seen, whatever is filtered or folded.
  const follow = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (!target) return;
    if (target.hidden) reset();
    const details = target.querySelector(':scope > details');
    if (details && !target.classList.contains('endpoint')) details.open = true;
    target.scrollIntoView();
  };

  let folded = [];
  addEventListener('beforeprint', () => {
    folded = [...document.querySelectorAll('details:not([open])')];
    for (const d of folded) d.open = true;
  });
  addEventListener('afterprint', () => {
    for (const d of folded) d.open = false;
  });

  bar.addEventListener('input', apply);
  control('reset').addEventListener('click', reset);
  addEventListener('hashchange', follow);
  bar.hidden = false;
  apply();
  follow();
})();
