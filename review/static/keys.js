// What every page has: keys that do something, dialogs, and the line that says what happened.
"use strict";

const keys = {};  // key -> what it does; each page adds its own

function typing(target) {
  return target.closest("input:not([type=radio], [type=checkbox]), textarea, select");
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  const act = keys[event.key];
  if (act && act(event) !== false) event.preventDefault();
});

keys["?"] = () => open_dialog("help");

function open_dialog(id) {
  const dialog = document.getElementById(id);
  if (dialog && !dialog.open) dialog.showModal();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.dialog) open_dialog(button.dataset.dialog);
  if ("close" in button.dataset) button.closest("dialog").close();
  if ("closeTold" in button.dataset) document.getElementById("told").replaceChildren();
  if ("reload" in button.dataset) location.reload();
});

// What went well is said for a moment; what did not stays until it is closed.
document.addEventListener("htmx:oobAfterSwap", fade);
document.addEventListener("htmx:afterSwap", fade);
function fade() {
  const saved = document.querySelector("#told .saved");
  if (saved) setTimeout(() => saved.remove(), 4000);
}

document.addEventListener("htmx:sendError", () => {
  const told = document.getElementById("told");
  told.textContent = "";
  const line = document.createElement("p");
  line.textContent = "mytake does not answer. Is it still running? What you typed is still here.";
  told.append(line);
});
