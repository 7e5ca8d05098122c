"use strict";
const content = JSON.parse(document.getElementById("content").textContent);
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const chooser = document.getElementById("segment");

/* Colours that hold 3:1 against their ground and differ in lightness, too, for readers who see no hue. */
const themes = {
  light: { ink: "#1a1d21", quiet: "#545b64", line: "#d5d9df", ground: "#ffffff",
           answers: ["#b3261e", "#7a818b", "#14694d"] },
  dark: { ink: "#e9ecef", quiet: "#a9b1ba", line: "#3a4047", ground: "#14171a",
          answers: ["#ff8a80", "#9aa3ad", "#66d0a8"] },
};

function config(theme, width) {
  const isNarrow = width < 480;
  const axis = { labelColor: theme.quiet, titleColor: theme.quiet, gridColor: theme.line,
                 domainColor: theme.line, tickColor: theme.line, labelFontSize: 12, titleFontSize: 12,
                 titleFontWeight: "normal", labelLimit: Math.round(0.42 * width) };
  return { background: "transparent", font: "system-ui, Segoe UI, Arial, sans-serif", view: { stroke: null },
           axis, legend: { labelColor: theme.ink, titleColor: theme.quiet, labelFontSize: 13, symbolType: "square",
                     columns: isNarrow ? 2 : 0, symbolOpacity: 1 },
           range: { category: theme.answers }, mark: { color: theme.ink }, text: { color: theme.ink },
           header: { labelColor: theme.ink, titleColor: theme.quiet } };
}

async function draw(theme) {
  for (const [id, spec] of Object.entries(content.charts)) {
    const place = document.getElementById("chart-" + id);
    if (!place || place.closest("[hidden]")) continue;  // without a width nothing can be drawn
    await vegaEmbed(place, spec, { actions: false, renderer: "svg", config: config(theme, place.clientWidth), tooltip: true,
                                   formatLocale: content.numbers });
    const drawing = place.querySelector("svg");
    if (drawing) drawing.setAttribute("aria-hidden", "true");  // the figure's own label says it in a sentence
  }
  document.body.dataset.drawn = "yes";
}

function fits(comment, filter) {
  return Object.entries(filter).every(([name, wanted]) =>
    Array.isArray(comment[name]) ? comment[name].includes(wanted) : comment[name] === wanted);
}

function line(comment) {
  const item = document.createElement("li");
  item.append(comment.text);
  const source = document.createElement("small");
  source.append([comment.day, comment.channel, comment.sentiment_name].filter(Boolean).join(" · "));
  if (comment.link) {
    const link = document.createElement("a");
    link.href = comment.link;
    link.rel = "noopener noreferrer";
    link.textContent = content.words.open;
    source.append(" · ", link);
  }
  item.append(source);
  return item;
}

function show(filter) {
  const chosen = chooser && chooser.value ? { segment: chooser.value, ...filter } : filter;
  const found = content.comments.filter((comment) => fits(comment, chosen));
  const shown = found.slice(0, content.most_shown);
  document.getElementById("comments-list").replaceChildren(...shown.map(line));
  const words = content.words;
  const told = found.length > 1 ? words.shown : found.length ? words.one : words.none;
  document.getElementById("comments-count").textContent =
    told.replace("{shown}", shown.length).replace("{found}", found.length);
  document.getElementById("comments").showModal();
}

/* A part of the audience: its own course of mood, its questions; what is not told apart stays as it is. */
function choose(name) {
  const alone = [...document.querySelectorAll("section[data-segment]")];
  alone.forEach((part) => {
    const whole = document.getElementById(part.dataset.insteadOf);
    part.hidden = part.dataset.segment !== name;
    if (whole) whole.hidden = Boolean(name);
  });
  const shown = alone.find((part) => !part.hidden);
  alone.slice(0, 1).forEach((part) => {
    const link = document.querySelector(`nav [data-to=${part.dataset.insteadOf}]`);
    if (link) link.hash = shown ? shown.id : part.dataset.insteadOf;
  });
  document.querySelectorAll("tr[data-segment]").forEach((row) => {
    row.hidden = Boolean(name) && row.dataset.segment !== name;
  });
  document.querySelectorAll(".none-of-it").forEach((sentence) => {
    sentence.hidden = Boolean(sentence.parentElement.querySelector("tr[data-segment]:not([hidden])"));
  });
  document.getElementById("segment-note").hidden = !name;
  draw(dark.matches ? themes.dark : themes.light);
}

if (chooser) chooser.addEventListener("change", () => choose(chooser.value));
document.addEventListener("click", (event) => {
  const button = event.target.closest(".evidence");
  if (button) show(JSON.parse(button.dataset.filter));
});
dark.addEventListener("change", () => draw(dark.matches ? themes.dark : themes.light));
window.addEventListener("beforeprint", () => {
  document.querySelectorAll("details").forEach((part) => { part.open = true; });
  if (dark.matches) draw(themes.light);
});
window.addEventListener("afterprint", () => { if (dark.matches) draw(themes.dark); });
draw(dark.matches ? themes.dark : themes.light);
