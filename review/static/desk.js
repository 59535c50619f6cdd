// The desk: a sentence that is chosen is heard, and found in the transcript.
"use strict";

const audio = document.getElementById("audio");
const keep = document.getElementById("keep");
const transcript = document.getElementById("transcript");
const pick = document.getElementById("pick");
const LATE = 0.12;  // seconds after its end at which a sentence stops

const lines = () => [...document.querySelectorAll("[data-line]")];
const chosen = () => document.querySelector(".line.selected");
const number = (text) => Number.parseFloat(text);
let stop_at = null;
let wanted = null;  // the answer that was chosen in the article

// --- hearing ---

function play(start, end) {
  if (Number.isNaN(start)) return;
  if (watched()) return watch(start);
  if (!audio) return;
  stop_at = keep.checked || Number.isNaN(end) ? null : end + LATE;
  audio.currentTime = start;
  audio.play().catch(() => {});
}

function toggle(element) {
  const start = number(element.dataset.start);
  const here = audio && !audio.paused && audio.currentTime >= start && audio.currentTime <= number(element.dataset.end) + LATE;
  if (here) audio.pause();
  else play(start, number(element.dataset.end));
}

// --- YouTube's player: nothing of it is loaded before somebody presses a button with its name ---

const theatre = document.getElementById("watch");
const watched = () => theatre && !theatre.hidden;

function watch(start) {
  if (!navigator.onLine) return say("There is no connection. With one, YouTube can play it here.");
  if (audio) audio.pause();
  const frame = document.createElement("iframe");
  frame.src = `${theatre.dataset.embed}?${new URLSearchParams({autoplay: 1, start: Math.floor(start), rel: 0})}`;
  frame.title = "YouTube's player";
  frame.allow = "autoplay; encrypted-media; picture-in-picture";
  frame.sandbox = "allow-scripts allow-same-origin allow-popups allow-presentation";
  frame.referrerPolicy = "strict-origin-when-cross-origin";  // it refuses to play for nobody
  theatre.replaceChildren(frame);
  show_theatre(true);
}

function show_theatre(shown) {
  theatre.hidden = !shown;
  if (!shown) theatre.replaceChildren();
  document.querySelector("[data-youtube]").setAttribute("aria-pressed", String(shown));
}

function youtube() {
  if (watched()) return show_theatre(false);
  const line = chosen();
  watch(number(line?.dataset.start) || audio?.currentTime || 0);
}

function say(text) {
  const line = document.createElement("p");
  line.className = "saved";
  line.textContent = text;
  document.getElementById("told").replaceChildren(line);
}

function follow() {
  if (!audio) return;
  const now = audio.currentTime;
  if (stop_at !== null && now >= stop_at && !audio.paused) {
    audio.pause();
    stop_at = null;
  }
  const needle = document.getElementById("needle");
  if (needle) {
    const x = 1000 * now / number(needle.closest("svg").dataset.seconds);
    needle.setAttribute("x1", x);
    needle.setAttribute("x2", x);
  }
  if (!audio.paused) requestAnimationFrame(follow);
}

function sounding() {
  const now = audio.currentTime + 0.05;
  const is_now = (element) => now >= number(element.dataset.start) && now < number(element.dataset.end);
  for (const old of document.querySelectorAll(".playing")) old.classList.remove("playing");
  if (audio.paused) return;
  for (const line of lines()) if (is_now(line)) line.classList.add("playing");
  const heard = [...transcript.querySelectorAll(".heard")].find(is_now);
  if (!heard) return;
  heard.classList.add("playing");
  document.getElementById("playing").textContent = heard.textContent;
  if (keep.checked) heard.scrollIntoView({block: "nearest"});
}

if (audio) {
  audio.addEventListener("play", () => requestAnimationFrame(follow));
  audio.addEventListener("seeked", follow);
  audio.addEventListener("timeupdate", sounding);
  audio.addEventListener("pause", sounding);
}

// --- choosing ---

function words_of(element) {
  const said = (element.dataset.words || "").split(" ").map(Number);
  return said.length === 2 ? said : null;
}

function overlap(one, other) {
  return one && other && one[0] <= other[1] && other[0] <= one[1];
}

function select(line, scroll = true) {
  for (const old of document.querySelectorAll(".line.selected")) {
    old.classList.remove("selected");
    const tools = old.querySelector(":scope > .tools");
    if (tools) tools.hidden = true;
  }
  for (const old of transcript.querySelectorAll(".cited")) old.classList.remove("cited");
  if (!line) return;
  line.classList.add("selected");
  const tools = line.querySelector(":scope > .tools");
  if (tools) tools.hidden = false;
  const answer = /^[aq](\d+)/.exec(line.id);
  wanted = answer && Number(answer[1]);
  cite(line, scroll);
}

// Where it was said: by its words; what was reworded has none, and is found by its seconds.
function is_source(heard, line) {
  const words = words_of(line);
  if (words) return overlap(words_of(heard), words);
  const begins = number(heard.dataset.start) + 0.05 < number(line.dataset.end);
  return begins && number(line.dataset.start) + 0.05 < number(heard.dataset.end);
}

function cite(line, scroll) {
  const cited = [...transcript.querySelectorAll(".heard")].filter((heard) => is_source(heard, line));
  for (const heard of cited) heard.classList.add("cited");
  if (!cited.length || !scroll || transcript.scrollHeight <= transcript.clientHeight) return;
  // Not scrollIntoView: that would move the page too.
  const box = transcript.getBoundingClientRect();
  const at = cited[0].getBoundingClientRect();
  transcript.scrollTop += at.top - box.top - box.height / 3;
}

function mark_used() {
  const used = lines().filter((line) => line.dataset.start);
  for (const heard of transcript.querySelectorAll(".heard")) {
    heard.classList.toggle("used", used.some((line) => is_source(heard, line)));
  }
}

function go(by) {
  const all = lines();
  const at = all.indexOf(chosen());
  const next = all[at < 0 ? 0 : Math.max(0, Math.min(all.length - 1, at + by))];
  if (!next) return;
  select(next);
  next.querySelector(".said").focus({preventScroll: true});
  next.scrollIntoView({block: "nearest"});
}

function next_found() {
  const all = lines();
  const found = all.filter((line) => line.querySelector(":scope > .notes"));
  const at = all.indexOf(chosen());
  const next = found.find((line) => all.indexOf(line) > at) || found[0];
  if (!next) return;
  select(next);
  next.querySelector(".said").focus({preventScroll: true});
  next.scrollIntoView({block: "center"});
}

document.addEventListener("click", (event) => {
  const said = event.target.closest(".line > .said");
  if (said) {
    const line = said.closest(".line");
    select(line);
    if (line.dataset.start) toggle(line);
    return;
  }
  const heard = event.target.closest(".heard");
  if (heard) return pick_up(heard);
  const topic = event.target.closest(".chart svg");
  if (topic) return jump(event, topic);
  const button = event.target.closest("button");
  if (button) press(button);
});

function press(button) {
  const line = button.closest(".line");
  if ("play" in button.dataset) play(number(line.dataset.start), number(line.dataset.end));
  if ("watch" in button.dataset) watch(number(line.dataset.start));
  if ("youtube" in button.dataset) youtube();
  if ("edit" in button.dataset) edit(line, ".editing");
  if ("again" in button.dataset) edit(line, ".again");
  if ("leave" in button.dataset) leave(button.closest("form"));
  if ("copy" in button.dataset) copy(button);
  if ("hear" in button.dataset) hear(button.dataset.hear);
  if ("swap" in button.dataset) swap_roles();
  if ("tab" in button.dataset) tab(button.dataset.tab);
  if ("pickPlay" in button.dataset) play(number(pick.dataset.start), number(pick.dataset.end));
}

// --- the chart ---

function jump(event, svg) {
  const topic = event.target.closest(".topic");
  const box = svg.getBoundingClientRect();
  const at = (event.clientX - box.left) / box.width * number(svg.dataset.seconds);
  const start = topic ? number(topic.dataset.start) : Math.max(0, at);
  play(start, NaN);
  show(start);
}

function show(second) {
  const all = [...transcript.querySelectorAll(".heard")];
  const heard = all.find((each) => number(each.dataset.end) > second);
  for (const old of transcript.querySelectorAll(".cited")) old.classList.remove("cited");
  if (heard) cite(heard, true);
}

// --- the transcript ---

function pick_up(heard) {
  for (const old of transcript.querySelectorAll(".cited")) old.classList.remove("cited");
  heard.classList.add("cited");
  play(number(heard.dataset.start), number(heard.dataset.end));
  const line = lines().find((each) => /^[as]\d/.test(each.id) && is_source(heard, each));
  if (line) {
    select(line, false);
    line.scrollIntoView({block: "nearest"});
    wanted = null;
  }
  const answer = answer_for(heard);
  const free = heard.dataset.sentence && !line && document.getElementById(`a${answer}.1`);
  pick.hidden = !free;
  if (!free) return;
  pick.dataset.start = heard.dataset.start;
  pick.dataset.end = heard.dataset.end;
  pick.querySelector("[name=sentence]").value = heard.dataset.sentence;
  pick.querySelector("[name=where]").value = `a${answer}.1`;
  pick.querySelector("[data-pick-where]").textContent = `answer ${answer}`;
}

// The chosen one; else that whose question was the last one asked before the sentence.
function answer_for(heard) {
  if (wanted) return wanted;
  const asked = lines().filter((line) => /^q\d/.test(line.id))
    .sort((one, other) => number(one.dataset.start) - number(other.dataset.start));
  const before = asked.filter((line) => number(line.dataset.start) <= number(heard.dataset.start));
  return (before.at(-1) || asked[0])?.id.slice(1);
}

function tab(name) {
  document.body.classList.toggle("show-transcript", name === "transcript");
  for (const button of document.querySelectorAll("[data-tab]")) {
    button.setAttribute("aria-pressed", String(button.dataset.tab === name));
  }
}

// --- to the clipboard ---

async function copy(button) {
  const label = button.textContent;
  try {
    const article = await (await fetch(button.dataset.copy)).json();
    const as = (kind, text) => new Blob([text], {type: kind});
    await navigator.clipboard.write([new ClipboardItem({
      "text/html": as("text/html", article.html),
      "text/plain": as("text/plain", article.text),
    })]);
    button.textContent = "Copied";
  } catch {
    button.textContent = "The browser did not allow it";
  }
  setTimeout(() => { button.textContent = label; }, 2500);
}

// --- who is who ---

function hear(speaker) {
  const said = [...transcript.querySelectorAll(`[data-speaker="${CSS.escape(speaker)}"] .heard`)];
  const longest = said.sort((one, other) => seconds(other) - seconds(one))[0];
  if (longest) pick_up(longest);
}

function seconds(heard) {
  return number(heard.dataset.end) - number(heard.dataset.start);
}

function swap_roles() {
  const roles = document.querySelectorAll(".people [name^=role-]");
  [roles[0].value, roles[1].value] = [roles[1].value, roles[0].value];
}

// --- editing ---

function edit(line, kind) {
  const form = line && line.querySelector(`:scope > ${kind}`);
  if (!form) return;
  form.hidden = false;
  const field = form.querySelector("textarea, input:not([type=hidden])");
  if (field.tagName === "TEXTAREA") {
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight + 4}px`;
  }
  field.focus();
}

function leave(form) {
  form.reset();
  form.hidden = true;
  const said = form.closest(".line").querySelector(".said");
  said.focus();
}

document.addEventListener("keydown", (event) => {
  const form = event.target.closest(".editing, .again");
  if (form && event.key === "Escape") leave(form);
  if (form && event.key === "Enter" && event.ctrlKey) form.requestSubmit();
  const said = event.target.matches(".said") && event.target;
  if (said && (event.key === "Enter" || event.key === " ") && !event.ctrlKey) {
    event.preventDefault();
    said.click();
  }
});

// A pointer chooses with its click: chosen when it goes down, the lines would move away under it.
let pointing = false;
document.addEventListener("pointerdown", () => { pointing = true; });
for (const end of ["click", "pointercancel"]) document.addEventListener(end, () => { pointing = false; });
document.addEventListener("keydown", () => { pointing = false; });
document.addEventListener("focusin", (event) => {
  if (!pointing && event.target.matches(".line > .said")) select(event.target.closest(".line"));
});

// --- what the language model wrote ---

// Put in at once, unless that would take away what somebody is typing.
document.addEventListener("htmx:afterSettle", (event) => {
  const arrived = document.querySelector("[data-arrived]");
  if (arrived && event.detail.target?.id !== "sheet" && !document.querySelector(".editing:not([hidden])")) {
    delete arrived.dataset.arrived;
    arrived.click();
  }
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-close-asking]");
  if (button) document.getElementById("asking").replaceChildren();
  const shown = event.target.closest("[hx-get$='/sheet'], [hx-get*='/sheet?']");
  if (shown) shown.hidden = true;
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.successful && event.detail.target?.id === "asking" && event.target.closest(".again");
  if (form) form.hidden = true;
});

// After a change the same place is chosen again; what is no more has a neighbour.
let place = null;
document.addEventListener("htmx:beforeRequest", () => {
  const line = chosen();
  place = line && {id: line.id, at: lines().indexOf(line)};
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "transcript" || event.detail.target?.id === "transcript") {
    mark_used();
    return from_address();
  }
  mark_used();
  if (event.detail.target?.id === "sheet") pick.hidden = true;
  if (!place || chosen()) return;
  const all = lines();
  const line = document.getElementById(place.id) || all[Math.min(place.at, all.length - 1)];
  if (!line) return;
  select(line, false);
  line.querySelector(".said").focus({preventScroll: true});
});

function click_on(selector) {
  const button = document.querySelector(selector);
  if (button && !button.disabled) button.click();
}

function from_address() {
  const second = /^#t=([\d.]+)$/.exec(location.hash);
  if (second) show(number(second[1]));
}

if (["#approve", "#reject"].includes(location.hash)) open_dialog(location.hash.slice(1));

Object.assign(keys, {
  j: () => go(1),
  k: () => go(-1),
  n: next_found,
  e: () => edit(chosen(), ".editing"),
  x: () => click_on(".line.selected > .tools [data-way=drop]"),
  u: () => click_on("[data-undo]"),
  U: () => click_on("[data-redo]"),
  a: () => open_dialog("approve"),
  r: () => open_dialog("reject"),
  s: () => { location.href = "/"; },
});
