import { paletteCss } from "./plot-frame.js";

/** The style sheet of report pages: light and dark, from 360 to 1200 pixels and on paper. */
export const REPORT_CSS = `${paletteCss(":root")}
:root{color-scheme:light dark;--page:#f5f6f8;--line:#e1e5eb;--shade:#f0f3f7}
@media (prefers-color-scheme:dark){:root{--page:#0d1117;--line:#28313d;--shade:#1c2430}}
*{box-sizing:border-box}
html{scroll-behavior:smooth;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main,header,footer{max-width:1160px;margin:0 auto;padding:0 24px}
header{padding-top:44px}
.eyebrow{margin:0;color:var(--muted);font-size:13px;font-weight:600;letter-spacing:.08em;text-transform:uppercase}
h1{margin:4px 0 6px;font-size:clamp(28px,4.4vw,40px);line-height:1.15;letter-spacing:-.02em}
.subtitle{margin:0;color:var(--muted)}
nav{display:flex;flex-wrap:wrap;gap:6px 18px;margin:22px 0 0;padding-top:14px;border-top:1px solid var(--line);font-size:14px}
a{color:var(--learned);text-decoration:none}
a:hover{text-decoration:underline}
section{margin:36px 0 0}
.lead{scroll-margin-top:64px}
h2{margin:0 0 6px;font-size:24px;letter-spacing:-.01em;line-height:1.25}
h3{margin:32px 0 10px;font-size:17px}
.lead{margin:0 0 20px;max-width:74ch;color:var(--muted)}
.headline{margin:30px 0 0;padding:26px 28px;background:var(--paper);border:1px solid var(--line);border-left:6px solid var(--muted);border-radius:12px}
.headline.undecided{color:var(--ink)}
.headline.beats{border-left-color:var(--good)}
.headline.loses{border-left-color:var(--bad)}
.headline h2{font-size:clamp(21px,3vw,28px)}
.headline p{margin:8px 0 0;max-width:86ch;color:var(--muted)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(200px,1fr));gap:14px;margin:22px 0 0}
.tile{padding:14px 16px;background:var(--shade);border-radius:10px}
.tile b{display:block;font-size:24px;line-height:1.25;letter-spacing:-.01em;font-variant-numeric:tabular-nums}
.tile span{display:block;color:var(--muted);font-size:13px;line-height:1.4}
.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,330px),1fr));gap:18px}
.card{margin:0;padding:18px 18px 12px;background:var(--paper);border:1px solid var(--line);border-radius:12px;min-width:0}
.fold>.card,.fold>.scroll,.card+details{margin-top:18px}
figcaption{font-weight:600}
.note{margin:2px 0 0;color:var(--muted);font-size:13px;line-height:1.45}
svg{display:block;width:100%;height:auto;margin-top:10px;overflow:visible}
.grid svg{max-width:440px}
svg text,svg tspan{white-space:pre}
.when-narrow{display:none}
.when-wide svg{max-width:1076px}
.legend{display:flex;flex-wrap:wrap;gap:4px 18px;margin:0 0 14px;padding:0;list-style:none;font-size:13px;color:var(--muted)}
.legend i{display:inline-block;width:10px;height:10px;margin-right:7px;border-radius:50%}
details{margin:0 0 14px;background:var(--paper);border:1px solid var(--line);border-radius:12px;overflow:hidden}
summary{padding:14px 18px;cursor:pointer;font-weight:600}
summary span{color:var(--muted);font-weight:400}
details>.inside{padding:4px 18px 18px}
.inside .card{background:none;border:0;padding:6px 0}
.scroll{overflow-x:auto;background:var(--paper);border:1px solid var(--line);border-radius:12px;-webkit-overflow-scrolling:touch}
.inside .scroll{border:0;border-radius:0;margin:0 -18px}
.scroll:focus-visible{outline:2px solid var(--learned);outline-offset:2px}
table{border-collapse:separate;border-spacing:0;width:100%;font-size:13.5px;font-variant-numeric:tabular-nums}
caption{padding:12px 16px 4px;text-align:left;font-weight:600}
th,td{padding:9px 7px;text-align:right;vertical-align:top;white-space:nowrap;border-top:1px solid var(--line)}
thead th{border-top:0;white-space:normal;line-height:1.35;color:var(--muted);font-size:12.5px;font-weight:600;vertical-align:bottom}
th:first-child,td:last-child,th:last-child{padding-left:16px;padding-right:16px}
th:first-child{position:sticky;left:0;text-align:left;background:var(--paper)}
tbody th{font-weight:600}
td small,thead th small{white-space:normal}
td small,th small{display:block;color:var(--muted);font-size:12px;font-weight:400}
.better{color:var(--good);font-weight:600}
.worse{color:var(--bad);font-weight:600}
.violates{color:var(--bad);font-weight:600;text-decoration:underline;text-underline-offset:3px}
.undecided,.baseline{color:var(--muted)}
.banner{margin:16px 0 0;padding:12px 16px;background:var(--shade);border-left:4px solid var(--baseline);border-radius:8px;font-size:14px}
.fold{margin:0;background:none;border:0;border-radius:0;overflow:visible}
.fold>summary{padding:0 0 6px}
.fold>summary h2{display:inline}
ul.reasons{margin:16px 0 0;padding-left:20px;color:var(--muted);font-size:14px}
dl{display:grid;grid-template-columns:minmax(120px,max-content) 1fr;gap:6px 22px;margin:0;padding:18px;background:var(--paper);border:1px solid var(--line);border-radius:12px;font-size:14px}
dt{color:var(--muted)}
dd{margin:0;overflow-wrap:anywhere}
code{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
footer{padding-top:34px;padding-bottom:60px;color:var(--muted);font-size:13px}
@media (max-width:720px){
main,header,footer{padding-left:16px;padding-right:16px}
header{padding-top:26px}
.headline{padding:20px 18px}
.card{padding:14px 14px 10px}
.when-wide{display:none}.when-narrow{display:block}
section{margin-top:26px}
th,td{padding:8px 10px}
th:first-child{max-width:42vw;white-space:normal}
dl{grid-template-columns:1fr;gap:0}
dd{margin-bottom:10px}
}
@media print{
@page{size:A4 landscape;margin:12mm}
:root{color-scheme:light}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
body{background:#fff;font-size:12px}
main,header,footer{max-width:none;padding:0}
nav{display:none}
section{margin-top:18px;break-inside:auto}
details::details-content{content-visibility:visible!important;display:block!important;height:auto!important}
summary{list-style:none}
summary::-webkit-details-marker{display:none}
.card,.tile,tr{break-inside:avoid}
h2,h3,figcaption,summary{break-after:avoid}
.when-wide svg{max-width:900px}
.scroll{overflow:visible;border:0}
table{font-size:10.5px}
thead th,td small,thead th small{font-size:9px}
.note,.legend{font-size:10px}
details{border:0;overflow:visible}
.grid{grid-template-columns:repeat(3,1fr);gap:10px}
th,td{padding:3px 4px;white-space:normal}
th:first-child{position:static}
}
`;
