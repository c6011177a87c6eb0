// The style sheet of report.html. Colours are names here, once for light and once for dark.

/**
 * From few percent to many: orange, cream, blue, which are told apart also by those who confuse red and green. The number
 * always stands in the cell as well.
 */
const HEAT_LIGHT =
  '#f0a277 #f1b08b #f2be9f #f3ccb3 #f4dac8 #f5efe2 #dbe8e8 #c3dfe6 #abd4e2 #93c9dd #7cbdd6'.split(
    ' ',
  );
const HEAT_DARK =
  '#8a4420 #7e4426 #71432c #634132 #554037 #45433f #3b4b50 #33525d #2c5a6b #256279 #1f6b88'.split(
    ' ',
  );

const heat = (colours: readonly string[]) =>
  colours.map((colour, index) => `--h${index}:${colour}`).join(';');

export const style = `
:root{color-scheme:light dark;--bg:#fff;--ink:#1d2125;--dim:#5c656e;--line:#d8dde2;--soft:#f4f6f8;--link:#0b5a8a;--pass:#5aa9c9;--fail:#e58a55;--open:#b9a44c;--none:#e3e7eb;--bad:#b3400e;--good:#1c6f8f;--warn:#7a5b00;--note:#fdf6dc;--noteline:#e2cf86;${heat(HEAT_LIGHT)}}
@media (prefers-color-scheme:dark){:root{--bg:#15181b;--ink:#e4e8eb;--dim:#9aa4ad;--line:#343b42;--soft:#1e2327;--link:#7cc4ea;--pass:#3a86a5;--fail:#b9602f;--open:#8a7a2f;--none:#30373d;--bad:#f0996b;--good:#79c3de;--warn:#e0c766;--note:#2b2716;--noteline:#5f5427;${heat(HEAT_DARK)}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth;scroll-padding-top:3rem}
body{margin:0 auto;max-width:1180px;padding:0 1.25rem 3rem;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI","PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Liberation Sans",sans-serif;overflow-wrap:anywhere}
h1{font-size:1.9rem;line-height:1.2;margin:2rem 0 .25rem}
h2{font-size:1.3rem;margin:2.75rem 0 .75rem;padding-top:.75rem;border-top:1px solid var(--line)}
h3{font-size:1rem;margin:1.5rem 0 .5rem}
h5{font-size:.95rem;margin:0 0 .35rem;font-weight:600}
h5.x::before{content:"✗ ";color:var(--bad)}
h5.u::before{content:"? ";color:var(--warn)}
p{margin:.4rem 0}
small,.dim{color:var(--dim);font-weight:400;font-size:.86rem}
a{color:var(--link)}
code,pre{font-family:ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,"Noto Sans Mono CJK SC",monospace}
code{font-size:.88em}
nav{display:flex;flex-wrap:wrap;gap:.25rem 1.1rem;padding:.5rem 0 0}
bdi{unicode-bidi:isolate}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:.75rem;margin:1.25rem 0 0;padding:0;list-style:none}
.figures li{background:var(--soft);border-radius:8px;padding:.7rem .9rem;color:var(--dim);font-size:.86rem}
.figures b{display:block;color:var(--ink);font-size:1.6rem;line-height:1.25;font-variant-numeric:tabular-nums}
.notice{background:var(--note);border:1px solid var(--noteline);border-radius:8px;padding:.55rem .9rem;margin:.75rem 0}
.notice ul{margin:.25rem 0;padding-left:1.2rem}
.histogram{display:block;width:100%;max-width:760px;height:auto;margin:.5rem 0}
.histogram text{font-size:12px;fill:var(--ink);text-anchor:middle;font-variant-numeric:tabular-nums}
.histogram .axis{fill:var(--dim)}
.histogram line{stroke:var(--line)}
.box{overflow:auto;max-height:min(85vh,60rem);border:1px solid var(--line);border-radius:8px}
.heat{border-collapse:separate;border-spacing:0;width:100%;font-size:.86rem;font-variant-numeric:tabular-nums}
.heat th,.heat td{padding:.22rem .35rem;text-align:center;min-width:3.9rem;border-bottom:1px solid var(--bg);border-right:1px solid var(--bg)}
.heat thead th{position:sticky;top:0;z-index:2;background:var(--soft);font-weight:600;vertical-align:bottom;overflow-wrap:normal;line-height:1.2;padding:.4rem .35rem}
.heat th:first-child{position:sticky;left:0;z-index:1;background:var(--soft);text-align:left;font-weight:400;min-width:0;max-width:13rem;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;padding-left:.7rem}
.heat thead th:first-child{z-index:3;font-weight:600}
.heat tfoot th,.heat tfoot td{position:sticky;bottom:0;background:var(--soft);font-weight:600;border-top:1px solid var(--line)}
.heat tfoot th:first-child{z-index:3;font-weight:600}
.heat td a{display:block;color:inherit;text-decoration:none}
.heat td a:hover,.heat td a:focus{text-decoration:underline}
.heat td small{font-size:.85em;margin-left:.3rem}
.heat td{white-space:nowrap}
.heat button{font:inherit;color:inherit;background:none;border:0;padding:0;cursor:pointer;text-align:inherit;overflow-wrap:normal}
.heat button:hover{text-decoration:underline dotted}
.heat [aria-sort=ascending] button::after{content:" ↑"}
.heat [aria-sort=descending] button::after{content:" ↓"}
${HEAT_LIGHT.map((_, index) => `.h${index}{background:var(--h${index});fill:var(--h${index})}`).join('')}
.m{color:var(--dim)}
.q{color:var(--warn);font-weight:600}
td.q,.key .q{outline:1px dashed var(--warn);outline-offset:-3px}
.key{color:var(--dim);font-size:.86rem}
.key b{display:inline-block;min-width:1.9rem;padding:0 .3rem;margin:0 .15rem 0 .6rem;text-align:center;color:var(--ink);font-weight:400;border-radius:3px;vertical-align:baseline}
.key b:empty{min-width:.9rem;height:.9rem;padding:0;vertical-align:-.12rem}
.key b:first-child{margin-left:0}
.pass{background:var(--pass);fill:var(--pass)}.fail{background:var(--fail);fill:var(--fail)}.open{background:var(--open);fill:var(--open)}.bars .none,.key .none{background:var(--none);fill:var(--none)}
.bars{list-style:none;margin:.25rem 0 .75rem;padding:0}
.bars li{display:grid;grid-template-columns:minmax(0,1fr) 16rem 13.5rem;gap:.2rem 1rem;align-items:center;padding:.28rem 0;border-bottom:1px solid var(--line)}
.bars li:last-child{border-bottom:0}
.bars svg{width:100%;height:.8rem;border-radius:3px;display:block}
.n{font-variant-numeric:tabular-nums;font-size:.9rem}
summary{cursor:pointer}
summary:focus-visible,a:focus-visible,button:focus-visible,.box:focus-visible{outline:2px solid var(--link);outline-offset:2px}
details.lesson>summary,p.none{display:flex;flex-wrap:wrap;gap:0 .7rem;align-items:baseline;padding:.35rem .2rem;margin:0;border-bottom:1px solid var(--line)}
details.lesson>summary>span,p.none>span{color:var(--dim);flex:1 1 14rem}
details.lesson>summary::before{content:"▸";color:var(--dim);width:.8rem}
details.lesson[open]>summary::before{content:"▾"}
p.none::before{content:"";width:.8rem}
details.lesson>summary::-webkit-details-marker{display:none}
details.lesson>summary{list-style:none}
.diagnoses{padding-left:1.6rem}
.diagnoses li{padding:.35rem 0 .6rem;border-bottom:1px solid var(--line)}
.diagnoses p{margin:0}
.diagnoses summary{color:var(--link);font-size:.9rem}
.names a{margin-right:.6rem;display:inline-block}
.student{border:1px solid var(--line);border-radius:8px;margin:.4rem 0;overflow:clip}
.student>summary{padding:.5rem .9rem}
.student>summary bdi{font-weight:600}
.student>summary b{font-weight:400;margin-left:.5rem;font-variant-numeric:tabular-nums}
.student>summary em{font-style:normal;font-size:.8rem;color:var(--dim);margin-left:.5rem}
.student>summary .q{color:var(--warn)}
.student[open]>summary{background:var(--soft)}
.student>div{padding:.25rem .9rem .9rem}
.student ol{padding-left:1.8rem;margin:.25rem 0 1rem}
.student li{padding:.15rem 0}
.student li::marker{color:var(--dim)}
.marks{letter-spacing:.12em;margin-right:.5rem}
.marks i,li>i{font-style:normal}
.marks{color:var(--good)}
.x{color:var(--bad)}.u{color:var(--warn)}
h5.x,h5.u{color:var(--ink)}
.f{border-left:3px solid var(--fail);padding:.1rem 0 .1rem .8rem;margin:.5rem 0 1rem;container-type:inline-size}
.f.u{border-color:var(--open);color:inherit}
dl{display:grid;grid-template-columns:6.5rem minmax(0,1fr);gap:.15rem .75rem;margin:.25rem 0 .6rem}
dt{color:var(--dim)}
dd{margin:0;min-width:0}
pre{margin:.25rem 0;padding:.6rem 0;line-height:1.3;direction:ltr;white-space:pre-wrap;overflow:hidden;font-size:min(13px,calc(100cqi / 80 / .605))}
dd pre{padding:0;font-size:min(13px,calc((100cqi - 7.25rem) / 60))}
pre i{display:inline-block;width:2ch;font-style:normal;text-align:center;overflow:hidden;vertical-align:bottom;line-height:inherit}
footer{margin-top:3rem;border-top:1px solid var(--line);padding-top:.75rem;color:var(--dim);font-size:.86rem}
footer dl{grid-template-columns:7rem minmax(0,1fr)}
@media (max-width:640px){
body{padding:0 .85rem 2rem}
h1{font-size:1.5rem}
.heat th:first-child{max-width:7rem;padding-left:.5rem}
.bars li{grid-template-columns:minmax(0,1fr)}
.bars li{padding:.5rem 0}
dl,footer dl{grid-template-columns:minmax(0,1fr);gap:0}
dd{margin-bottom:.35rem}
dd pre{font-size:min(12px,calc(100cqi / 60))}
.student>div{padding:.25rem .6rem .6rem}
.student ol{padding-left:1.2rem}
.f{padding-left:.5rem}
.histogram text{font-size:20px}.histogram .to{display:none}
}
@media print{
:root{color-scheme:light}
body{max-width:none;font-size:10pt;padding:0}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
nav{display:none}
.box{max-height:none;overflow:visible;border:0}
.heat{font-size:6.5pt}
.heat th:first-child{max-width:6rem}
.heat th,.heat td{position:static!important;min-width:0;padding:.1rem .12rem!important}
tr,.bars li,.diagnoses li,.f{break-inside:avoid}
h2,h3,h5{break-after:avoid}
a{color:inherit;text-decoration:none}
}
`;
