// What Material's scripts build without a name or without the keyboard.
function repair() {
  document.querySelectorAll(".md-code__nav:not([aria-label])").forEach((nav, i) => {
    nav.setAttribute("aria-label", `Code ${i + 1}`);
  });
  document.querySelectorAll(".md-typeset__scrollwrap:not([tabindex])").forEach((box) => {
    box.tabIndex = 0;
  });
}
new MutationObserver(repair).observe(document.body, { childList: true, subtree: true });
repair();
