// The shelf: j and k go from draft to draft, a and r open one to decide.
"use strict";

const drafts = () => [...document.querySelectorAll("[data-draft]")];

function go(by) {
  const all = drafts();
  const at = all.indexOf(document.activeElement);
  const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.max(0, Math.min(all.length - 1, at + by))];
  if (next) {
    next.focus();
    next.scrollIntoView({block: "nearest"});
  }
}

function decide(what) {
  const chosen = document.activeElement.closest("[data-draft]");
  if (!chosen) return false;
  location.href = `${chosen.getAttribute("href")}#${what}`;
  return true;
}

keys.j = () => go(1);
keys.k = () => go(-1);
keys.a = () => decide("approve");
keys.r = () => decide("reject");
keys["/"] = () => document.querySelector("[data-search]").focus();

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.matches("[data-search]")) event.target.blur();
});
