"use strict";
// Everything works without this file; it copies, focuses the search with "/", and keeps a form's draft.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  const text = "value" in source ? source.value : source.textContent.trim();
  navigator.clipboard.writeText(text).then(() => {
    const said = button.textContent;
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = said; }, 2000);
  });
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const search = document.querySelector("input[type=search]");
  if (search) { event.preventDefault(); search.focus(); search.select(); }
});
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.account[open]")) if (!open.contains(event.target)) open.open = false;
});
// Another page begins at its top, or where its address points; the same page again stays where it was, and so does the keyboard.
// What comes of a form may have the address of the form: then it is the heading that differs.
const here = () => `${location.pathname} ${document.title}`;
let page = here();
let place = "";
document.addEventListener("htmx:beforeRequest", (event) => {
  if (!event.detail.boosted) return;
  const around = event.detail.elt.closest("main [id]:not(form)");
  place = around ? around.id : "";
  // Whoever comes back to this form finds what they typed.
  const form = event.detail.elt.closest("form[data-keep]");
  if (!form) return;
  const typed = [...new FormData(form)].filter(([name, value]) => name !== "csrf" && typeof value === "string" && value);
  history.replaceState(history.state, "", `${location.pathname}?${new URLSearchParams(typed)}`);
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target !== document.body) return;
  const same = here() === page;
  const main = document.getElementById("main");
  page = here();
  const marked = document.getElementById(same ? place : location.hash.slice(1));
  if (!same) {
    if (marked) marked.scrollIntoView();
    else window.scrollTo(0, 0);
  }
  if (!main || main.contains(document.activeElement)) return;
  const next = (same && marked) || main;
  if (!next.hasAttribute("tabindex")) next.tabIndex = -1;
  next.focus({ preventScroll: true });
});
// What looks like a button and leads somewhere answers to the space bar as a button does.
document.addEventListener("keydown", (event) => {
  const link = event.key === " " && event.target.closest("a[role=button]");
  if (link) { event.preventDefault(); link.click(); }
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
// In a form with several buttons Enter presses the one that belongs to the field.
document.addEventListener("keydown", (event) => {
  const button = event.key === "Enter" && event.target.dataset.enter && document.getElementById(event.target.dataset.enter);
  if (button) { event.preventDefault(); button.click(); }
});
// Keys of a page's own buttons: a letter outside of fields, Ctrl and Enter inside; "e" goes to the text.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=checkbox]), textarea, select");
  const together = event.ctrlKey || event.metaKey;
  const wanted = event.key === "Enter" ? together : !typing && !together && !event.altKey;
  const button = wanted && document.querySelector(`button[data-key="${CSS.escape(event.key)}"]`);
  if (button) { event.preventDefault(); button.click(); return; }
  const text = !typing && !together && event.key === "e" && document.querySelector("button[data-key]") && document.querySelector("main textarea");
  if (text) { event.preventDefault(); text.focus(); }
  if (event.key === "Escape" && typing && document.querySelector("button[data-key]")) typing.blur();
});
