// Brings the islands of a page to life once the browser has nothing better to do. The page works
// without it. The build puts the URLs of this very version in the place of the double braces.

import "{{session.js}}";

const GLUE = "{{keyline.js}}";
const MODULE = "{{keyline.wasm}}";

// Children of an island wait in <leptos-children>; the innermost callback prepares the owner of
// the islands inside.
const childrenCallbacks = [];

async function hydrateIsland(element, exports) {
  const island = exports[element.dataset.component];
  if (!island) {
    console.warn(`No code for the island ${element.dataset.component}.`);
    return;
  }
  childrenCallbacks.at(-1)?.();
  await island(element);
}

async function walk(element, exports) {
  const isChildren = element.localName === "leptos-children";
  if (element.localName === "leptos-island") {
    await hydrateIsland(element, exports);
  } else if (isChildren) {
    childrenCallbacks.push(element.$$on_hydrate);
  }
  for (const child of element.children) {
    await walk(child, exports);
  }
  if (isChildren) {
    childrenCallbacks.pop();
  }
}

async function start() {
  const exports = await import(GLUE);
  await exports.default({ module_or_path: MODULE });
  exports.hydrate();
  await walk(document.body, exports);
  document.documentElement.dataset.hydrated = "";
}

// A dialog adds its address to the history of the list. Reloaded, it is a page, and to the browser the list before it
// is still the same document: going back there has to load it. So do other orders of the list before it is alive.
const { pathname, search } = location;
addEventListener("popstate", () => {
  const isOther = location.pathname !== pathname && !document.querySelector("#create-dialog, #question-dialog");
  const isEarly = location.search !== search && !("hydrated" in document.documentElement.dataset);
  if (isOther || isEarly) {
    location.reload();
  }
});

// Without a connection nothing is sent: the browser would put its own page in the place of what was typed.
const offline = document.querySelector("[data-testid=offline-bar]");

function showConnection() {
  offline.hidden = navigator.onLine;
  if (navigator.onLine) {
    document.querySelectorAll("[data-waits]").forEach((words) => words.remove());
  }
}

if (offline) {
  addEventListener("online", showConnection);
  addEventListener("offline", showConnection);
  showConnection();
}
addEventListener(
  "submit",
  (event) => {
    if (navigator.onLine || !offline) {
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!event.target.querySelector("[data-waits]")) {
      const words = document.createElement("p");
      words.className = "field-error";
      words.role = "alert";
      words.dataset.waits = "";
      (event.submitter?.closest(".actions") ?? event.target.lastElementChild).before(words);
      words.textContent = offline.textContent;
    }
  },
  true,
);

// Relative times go on as the server began them: unit, its length in seconds, and up to which distance it is used.
const UNITS = [
  ["minute", 60, 3_600],
  ["hour", 3_600, 172_800],
  ["day", 86_400, 8_640_000],
  ["month", 2_629_746, 63_072_000],
  ["year", 31_556_952, Infinity],
];
const { lang, dataset: said } = document.documentElement;
const format = new Intl.RelativeTimeFormat(lang);

function words(seconds) {
  const distance = Math.floor(Math.abs(seconds));
  if (distance < 60) {
    return seconds > 0 ? said.soon : said.justNow;
  }
  const [unit, length] = UNITS.find(([, , limit]) => distance < limit);
  return format.format(Math.sign(seconds) * Math.floor(distance / length), unit);
}

setInterval(() => {
  for (const time of document.querySelectorAll("time[data-passes]")) {
    time.textContent = words((Date.parse(time.dateTime) - Date.now()) / 1000);
  }
}, 60_000);

// A form that says so tells when something in it is not saved, and asks before that is lost.
const written = (form) => new URLSearchParams(new FormData(form)).toString();
for (const form of document.querySelectorAll("form[data-unsaved]")) {
  const note = form.querySelector("[data-unsaved-note]");
  const saved = form.dataset.unsaved ? "" : written(form);
  const look = () => {
    const differs = written(form) !== saved;
    form.toggleAttribute("data-differs", differs);
    note.textContent = differs ? note.dataset.unsavedNote : "";
  };
  look();
  form.addEventListener("input", look);
  form.addEventListener("submit", () => form.removeAttribute("data-differs"));
}
addEventListener("beforeunload", (event) => {
  if (document.querySelector("form[data-differs]")) {
    event.preventDefault();
  }
});

if ("requestIdleCallback" in window) {
  // A page that is never idle must come to life too.
  requestIdleCallback(start, { timeout: 2000 });
} else {
  start();
}
