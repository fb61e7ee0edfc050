// Says that a session is about to end while there is time to carry on, and that it has ended. Without it the next
// request says so.

const WARN_S = 120;
const LAST_CALL_S = 20;
const EXTEND_S = 5;

const dialog = document.getElementById("session");

function isEdited(form) {
  return [...form.querySelectorAll("input, textarea")].some(
    (field) => field.value !== field.defaultValue || field.checked !== field.defaultChecked,
  );
}

// The form on screen that somebody has written in; a page with a single one may have come back written in.
function formToKeep() {
  const forms = [...document.querySelectorAll("form[data-kept]")].filter((form) => form.checkVisibility());
  return forms.find(isEdited) ?? (forms.length === 1 ? forms[0] : undefined);
}

function watch() {
  const warning = dialog.querySelector("[data-warning]");
  const ended = dialog.querySelector("[data-ended]");
  const time = dialog.querySelector("[data-time]");
  const stayButton = dialog.querySelector("[data-stay]");
  const { idle, limit } = dialog.dataset;
  const lastEnd = Date.now() + limit * 1000;
  const warnFrom = idle > WARN_S ? WARN_S : idle / 2;
  const tabs = new BroadcastChannel("session");
  let end;
  let isOver = false;
  let wasExtended = false;
  let wasCalled = false;

  // The session goes on for so many seconds, here and in other tabs.
  function goOn(seconds) {
    end = Math.min(Date.now() + seconds * 1000, lastEnd);
    wasCalled = false;
  }

  function show(part, titleId) {
    warning.hidden = part !== warning;
    ended.hidden = part !== ended;
    dialog.setAttribute("aria-labelledby", `session-${titleId}`);
    dialog.setAttribute("aria-describedby", `session-${titleId}-text`);
    if (!dialog.open) {
      dialog.showModal();
    }
  }

  // A sentence that waits in the markup.
  function note(name, holds) {
    const place = dialog.querySelector(`[data-${name}]`);
    place.textContent = holds ? place.dataset[name] : "";
  }

  // The same, read out at once.
  function say(name, seconds) {
    const alert = dialog.querySelector("[role=alert]");
    alert.textContent = alert.dataset[name].replace("{}", seconds);
  }

  function isSecretAtStake() {
    const field = document.querySelector("#secret");
    return Boolean(field?.value) && !("saved" in field.dataset);
  }

  function finish() {
    const query = new URLSearchParams({ return_to: location.pathname + location.search });
    ended.querySelector("a").href = `/sign-in?${query}`;
    isOver = true;
    show(ended, "ended");
    ended.querySelector("a").focus();
  }

  async function stay() {
    const answer = await fetch("/session/stay", { method: "POST", redirect: "manual" });
    if (answer.ok) {
      const { left } = await answer.json();
      goOn(left);
      tabs.postMessage(left);
      tick();
    } else if (answer.status < 500) {
      finish();
    }
  }

  function tick() {
    const seconds = Math.max(0, Math.ceil((end - Date.now()) / 1000));
    if (isOver) {
      return;
    }
    if (seconds > warnFrom) {
      dialog.close();
      return;
    }
    const atStake = isSecretAtStake();
    time.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    note("secret", atStake);
    note("last", end === lastEnd);
    stayButton.hidden = end === lastEnd;
    if (!dialog.open) {
      show(warning, "warning");
    }
    if (seconds <= LAST_CALL_S && !wasCalled) {
      wasCalled = true;
      say("lastCall", seconds);
    }
    if (seconds <= EXTEND_S && atStake && !wasExtended) {
      wasExtended = true;
      stay().catch(() => {});
    }
    if (seconds === 0) {
      finish();
    }
  }

  stayButton.addEventListener("click", () => stay().catch(() => say("unreached")));
  dialog.addEventListener("cancel", (event) => {
    if (!isOver) {
      event.preventDefault();
      stayButton.click();
    }
  });
  // What was typed goes along, for the page that comes after signing in; `keep` says that nothing is to be done with it.
  ended.querySelector("a").addEventListener("click", (event) => {
    const form = formToKeep();
    if (form) {
      event.preventDefault();
      const keep = Object.assign(document.createElement("input"), { type: "hidden", name: "keep", value: "1" });
      form.append(keep);
      // Sent this way, no listener hears of it: nothing in it is lost.
      form.removeAttribute("data-differs");
      form.submit();
    }
  });
  document.addEventListener("session-ended", finish);
  tabs.addEventListener("message", ({ data }) => goOn(data));

  goOn(Number(idle));
  tabs.postMessage(Number(idle));
  setInterval(tick, 1000);
}

if (dialog) {
  watch();
}
