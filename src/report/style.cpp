#include "report/style.hpp"

#include "emptor/core/sha256.hpp"
#include "emptor/core/text.hpp"
#include "emptor/report/chart_common.hpp"

namespace emptor {

namespace detail {
namespace {

// s: series, told apart with any colour vision. q: ramp of nine, i: ink on it, contrast >= 4.5.
constexpr std::string_view light_colors =
    "--paper:#f6f7f9;--card:#ffffff;--ink:#1b2430;--soft:#5a6675;--rule:#dfe3e8;--grid:#e8ebef;"
    "--axis:#8a95a3;--accent:#0b5cad;--accent-soft:#e8f1fa;--warn:#8a5300;--warn-soft:#fdf3e1;"
    "--blank:#f1f3f5;"
    "--s0:#0072b2;--s1:#d55e00;--s2:#008f68;--s3:#b65a93;--s4:#a97400;--s5:#5b6472;"
    "--q0:#ebf5fa;--q1:#c0e0ef;--q2:#96c9e5;--q3:#6fb1d9;--q4:#4c99cb;--q5:#2776b2;--q6:#10609f;"
    "--q7:#004f8f;--q8:#003775;"
    "--i0:#0b1016;--i1:#0b1016;--i2:#0b1016;--i3:#0b1016;--i4:#0b1016;--i5:#ffffff;--i6:#ffffff;"
    "--i7:#ffffff;--i8:#ffffff;color-scheme:light;";

constexpr std::string_view dark_colors =
    "--paper:#10141a;--card:#171c22;--ink:#e6eaef;--soft:#9aa7b5;--rule:#2a323c;--grid:#262d36;"
    "--axis:#66727f;--accent:#6db6f5;--accent-soft:#1b2b3c;--warn:#f0c04a;--warn-soft:#2d2615;"
    "--blank:#1d232b;"
    "--s0:#56b4e9;--s1:#f28e4b;--s2:#2fc598;--s3:#e3a0c8;--s4:#f0c04a;--s5:#aab4c0;"
    "--q0:#1e2733;--q1:#233c55;--q2:#235277;--q3:#1d6a98;--q4:#1684b5;--q5:#1e9ecf;--q6:#3ab9e3;"
    "--q7:#60d3f4;--q8:#8cebff;"
    "--i0:#ffffff;--i1:#ffffff;--i2:#ffffff;--i3:#ffffff;--i4:#0b1016;--i5:#0b1016;--i6:#0b1016;"
    "--i7:#0b1016;--i8:#0b1016;color-scheme:dark;";

constexpr std::string_view chart_rules = R"css(
.chart{display:block;max-width:100%;height:auto;
 font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"Noto Sans",sans-serif}
.chart text{fill:var(--ink);font-size:12px;font-variant-numeric:tabular-nums}
.chart .t{font-size:15px;font-weight:600}
.chart .s,.chart .n{fill:var(--soft)}
.chart .a{fill:var(--soft);font-size:11.5px}
.chart .m{font-weight:600}
.chart .v{font-size:11px}
.chart .b{font-size:12.5px;font-weight:600}
.chart .f{font-size:9px}
.chart .g{stroke:var(--grid);stroke-width:1}
.chart .z{stroke:var(--axis);stroke-width:1}
.chart .na{fill:var(--blank);stroke:var(--rule);stroke-dasharray:2 3}
.chart .band{fill-opacity:.16}
.chart .tail{fill:var(--s0);fill-opacity:.45}
.chart .line{fill:none;stroke-width:2;stroke-linejoin:round}
.chart .thin{stroke-width:1.4;stroke-opacity:.55}
.chart .lead{stroke:var(--axis);stroke-width:.8}
.chart .arc{fill:none;stroke-opacity:.55;stroke-linecap:round}
.chart .arc:hover{stroke-opacity:1}
.chart .d1{stroke-dasharray:7 3}
.chart .d2{stroke-dasharray:2 2.5}
.chart .d3{stroke-dasharray:9 3 2 3}
.chart .even{fill:none;stroke:var(--axis);stroke-width:1.2;stroke-dasharray:4 4}
.chart .mark{stroke:var(--ink);stroke-width:1.2;stroke-dasharray:4 3}
)css";

constexpr std::string_view page_rules = R"css(
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:1rem}
body{margin:0;background:var(--paper);color:var(--ink);line-height:1.6;overflow-wrap:break-word;
 font-size:1rem;
 font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"Noto Sans",sans-serif}
a{color:var(--accent);text-underline-offset:.15em}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:4px}
.skip{position:absolute;left:-99rem}
.skip:focus{left:1rem;top:1rem;background:var(--card);padding:.5rem 1rem;z-index:2}
.page{max-width:76rem;margin:0 auto;padding:2.5rem 1.25rem 3rem}
.head{display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;align-items:flex-start;
 justify-content:space-between;margin-bottom:2rem}
.head div{flex:1 1 20rem}
h1{font-size:2rem;line-height:1.2;letter-spacing:-.015em;margin:0;font-weight:650}
.head p{margin:.5rem 0 0;color:var(--soft)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(10.5rem,1fr));gap:.75rem;
 margin:0 0 2rem;padding:0}
.tile{background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:1rem 1.1rem}
.tile dt{color:var(--soft);font-size:.85rem;line-height:1.35}
.tile dd{margin:.2rem 0 0}
.tile .value{font-size:1.55rem;line-height:1.25;font-weight:620;letter-spacing:-.01em;
 font-variant-numeric:tabular-nums}
.tile .about{color:var(--soft);font-size:.82rem;line-height:1.4}
nav{margin:0 0 1.5rem}
nav ol{list-style:none;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:.35rem .4rem}
nav a{display:block;padding:.3rem .7rem;border-radius:8px;color:var(--soft);text-decoration:none;
 font-size:.9rem;border:1px solid var(--rule);background:var(--card);line-height:1.4}
nav a:hover{color:var(--accent)}
main{min-width:0}
section{background:var(--card);border:1px solid var(--rule);border-radius:12px;
 padding:1.75rem 2rem 2rem;margin:0 0 1.5rem}
section>:last-child{margin-bottom:0}
h2{font-size:1.35rem;line-height:1.3;letter-spacing:-.01em;margin:0 0 .25rem;font-weight:640}
h3{font-size:1.05rem;line-height:1.4;margin:2rem 0 .25rem;font-weight:640}
section p,section ul{max-width:44rem;margin:.5rem 0 1rem}
.lead{color:var(--soft)}
figure{margin:1.5rem 0 1.75rem}
figure .wide .chart{width:100%;max-width:58rem}
figure .narrow{display:none}
figcaption{color:var(--soft);font-size:.88rem;line-height:1.5;margin-top:.75rem;max-width:44rem}
.scroll{overflow-x:auto;margin:1.25rem 0 .5rem}
table{border-collapse:collapse;width:100%;font-size:.92rem;line-height:1.45}
caption{text-align:left;font-weight:600;padding:0 0 .6rem;font-size:.95rem}
th,td{padding:.5rem .75rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--rule);
 unicode-bidi:plaintext}
th:first-child,td:first-child{padding-left:.25rem}
th:last-child,td:last-child{padding-right:.25rem}
.scroll{overflow-wrap:normal}
td{max-width:26rem}
td.long{min-width:15rem}
.date{white-space:nowrap}
thead th{color:var(--soft);font-weight:600;font-size:.84rem;vertical-align:bottom;
 border-bottom:2px solid var(--rule)}
.num{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
thead th.num{white-space:normal}
td.none{color:var(--soft)}
tbody tr:hover{background:var(--accent-soft)}
tfoot td{font-weight:600;border-bottom:0;border-top:2px solid var(--rule)}
th button{all:unset;cursor:pointer;color:inherit;font:inherit}
th button:hover{color:var(--accent)}
th button:focus-visible{outline:2px solid var(--accent);outline-offset:3px;border-radius:2px}
th button::after{content:"\2195";opacity:.45;padding-left:.3em;font-weight:400}
th[aria-sort="ascending"] button::after{content:"\2191";opacity:1}
th[aria-sort="descending"] button::after{content:"\2193";opacity:1}
.more{color:var(--soft);font-size:.85rem;margin:.25rem 0 1rem}
.note{border-left:3px solid var(--accent);background:var(--accent-soft);border-radius:0 8px 8px 0;
 padding:.7rem 1rem;margin:1rem 0;max-width:48rem}
.warning{border-left-color:var(--warn);background:var(--warn-soft)}
.note strong{display:block;font-size:.82rem;letter-spacing:.02em;color:var(--accent)}
.warning strong{color:var(--warn)}
section .note p{margin:0}
details{border:1px solid var(--rule);border-radius:8px;padding:0 1rem;margin:1rem 0}
summary{cursor:pointer;padding:.6rem 0;font-weight:600;font-size:.95rem}
details[open] summary{margin-bottom:.25rem}
.theme{font:inherit;font-size:.85rem;color:var(--soft);background:var(--card);cursor:pointer;
 border:1px solid var(--rule);border-radius:8px;padding:.35rem .8rem;flex:0 0 auto}
.theme:hover{color:var(--accent)}
footer{color:var(--soft);font-size:.85rem;margin-top:2rem}
@media (min-width:68rem){
.columns{display:grid;grid-template-columns:12.5rem minmax(0,1fr);gap:2.5rem}
nav{position:sticky;top:1.5rem;align-self:start;max-height:calc(100vh - 3rem);overflow-y:auto}
nav ol{display:block;border-left:1px solid var(--rule)}
nav a{border:0;border-radius:0;background:none;padding:.3rem 0 .3rem 1rem}
}
@media (max-width:40rem){
.page{padding:1.5rem .9rem 2rem}
h1{font-size:1.6rem}
.tiles{grid-template-columns:repeat(2,minmax(0,1fr))}
.tile{padding:.8rem .85rem}
.tile .value{font-size:1.25rem}
section{padding:1.25rem 1rem 1.5rem;border-radius:10px}
figure .wide{display:none}
figure .narrow{display:block}
figure .narrow .chart{width:100%;max-width:30rem}
th,td{padding:.45rem .5rem}
}
@media print{
body{background:none;font-size:10.5pt}
.page{max-width:none;padding:0}
nav,.theme,.skip,th button::after{display:none}
.columns{display:block}
section{border:0;padding:0;margin:0 0 2rem}
figure,.tile,tr,.note{break-inside:avoid}
h2,h3,caption,thead{break-after:avoid}
.scroll{overflow:visible}
a{color:inherit;text-decoration:none}
}
)css";

std::string numbered(std::string_view prefix, std::size_t count, std::string_view property,
                     std::string_view variable) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    out += text(".chart .", prefix, i, '{', property, ":var(--", variable, i, ")}\n");
  }
  return out;
}

std::string make_chart_style() {
  std::string out = text(":root{", light_colors, "}\n");
  out += text("@media (prefers-color-scheme:dark){:root:not([data-theme=\"light\"]){", dark_colors,
              "}}\n");
  out += text(":root[data-theme=\"dark\"]{", dark_colors, "}\n");
  out += text("@media print{:root:root:root{", light_colors, "}}");
  out += chart_rules;
  out += numbered("c", 6, "fill", "s");
  out += numbered("l", 6, "stroke", "s");
  out += numbered("q", 9, "fill", "q");
  out += numbered("i", 9, "fill", "i");
  return out;
}

}  // namespace

const std::string& page_style() {
  static const std::string style = chart_style() + std::string(page_rules);
  return style;
}

std::string_view page_script() {
  return R"js(
(function () {
  "use strict";
  var root = document.documentElement;
  function dark() {
    var theme = root.getAttribute("data-theme");
    return theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  }
  var toggle = document.createElement("button");
  toggle.type = "button";
  toggle.className = "theme";
  function label() { toggle.textContent = dark() ? "Light colours" : "Dark colours"; }
  toggle.addEventListener("click", function () {
    root.setAttribute("data-theme", dark() ? "light" : "dark");
    label();
  });
  label();
  document.querySelector(".head").appendChild(toggle);

  function compare(a, b) {
    if (a.none || b.none) return 0;
    if (a.number !== null) return a.number - b.number;
    return a.text.localeCompare(b.text);
  }
  function sort(table, column, sign) {
    var body = table.tBodies[0];
    var rows = Array.from(body.rows).map(function (row) {
      var cell = row.cells[column];
      var number = cell.getAttribute("data-v");
      return { row: row, none: cell.classList.contains("none"), text: cell.textContent,
               number: number === null ? null : Number(number) };
    });
    rows.sort(function (a, b) { return a.none - b.none || sign * compare(a, b); });
    rows.forEach(function (entry) { body.appendChild(entry.row); });
  }
  document.querySelectorAll("table.sortable thead th").forEach(function (head) {
    var button = document.createElement("button");
    button.type = "button";
    while (head.firstChild) button.appendChild(head.firstChild);
    head.appendChild(button);
    button.addEventListener("click", function () {
      var now = head.getAttribute("aria-sort");
      var first = head.classList.contains("num") ? "descending" : "ascending";
      var next = now ? (now === "ascending" ? "descending" : "ascending") : first;
      head.closest("tr").querySelectorAll("th").forEach(function (other) {
        other.removeAttribute("aria-sort");
      });
      head.setAttribute("aria-sort", next);
      sort(head.closest("table"), head.cellIndex, next === "ascending" ? 1 : -1);
    });
  });
  addEventListener("beforeprint", function () {
    document.querySelectorAll("details").forEach(function (part) { part.open = true; });
  });
})();
)js";
}

std::string fingerprint(std::string_view content) {
  constexpr std::string_view letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const Sha256Digest digest = sha256(content);  // 32 bytes: ten groups of three, and two bytes
  std::string out;
  for (std::size_t i = 0; i < digest.size(); i += 3) {
    unsigned group = 0;
    for (std::size_t b = 0; b < 3; ++b) {
      group = group << 8 | (i + b < digest.size() ? std::to_integer<unsigned>(digest[i + b]) : 0u);
    }
    for (std::size_t b = 0; b < 4; ++b) {
      out += i + b > digest.size() ? '=' : letters[group >> (18 - 6 * b) & 63u];
    }
  }
  return out;
}

}  // namespace detail

const std::string& chart_style() {
  static const std::string style = detail::make_chart_style();
  return style;
}

}  // namespace emptor
