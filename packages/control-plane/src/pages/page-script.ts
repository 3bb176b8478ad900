/** The script of the page. Whatever the API says is set as text: names and findings are words of others. */

export const PAGE_SCRIPT = String.raw`"use strict";
const main = document.querySelector("main");

/** Takes the secret out of the address before anything else: it must not stay in the history of the browser. */
function takeSecret() {
  const found = /^#link=([\w-]+)$/.exec(location.hash);
  if (location.hash !== "") history.replaceState(null, "", location.pathname);
  return found === null ? undefined : found[1];
}

async function call(method, path, body) {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: body === undefined ? {} : { "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw { title: "the control plane cannot be reached", fix: "see that it runs, then try again" };
  }
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  if (Array.isArray(answer.detail))
    throw {
      title: answer.detail.map((issue) => issue.loc.at(-1) + ": " + issue.msg).join("; "),
      fix: "change it, then try again",
    };
  throw { status: response.status, title: answer.title ?? "status " + response.status, fix: answer.fix ?? "" };
}

function make(name, properties, ...children) {
  const element = document.createElement(name);
  Object.assign(element, properties);
  element.append(...given(children));
  return element;
}

/** Children that are left out are undefined. */
const given = (children) => children.filter((child) => child !== undefined);
const text = (name, words, className = "") => make(name, { textContent: words, className });

function show(...children) {
  main.replaceChildren(...given(children));
  main.querySelector("input, button")?.focus();
}

function describe({ title, fix }) {
  return make("div", { className: "trouble", role: "alert" }, text("p", title), text("p", fix, "quiet"));
}

/** A form that says what went wrong beside its button, and keeps what was typed. */
function makeForm(fields, button, submit) {
  const place = make("div", {});
  const send = make("button", { type: "submit", textContent: button });
  const form = make(
    "form",
    { method: "post" },
    ...fields.map(([label, properties]) =>
      make("label", {}, text("span", label), make("input", { required: true, ...properties })),
    ),
    send,
    place,
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    send.disabled = true;
    place.replaceChildren();
    try {
      await submit(Object.fromEntries(new FormData(form)));
    } catch (trouble) {
      place.replaceChildren(describe(trouble));
    }
    send.disabled = false;
  });
  return form;
}

const EMAIL = ["E-mail address", { name: "email", type: "email", autocomplete: "username" }];
const NEW_PASSWORD = [
  "New password, 12 characters or more",
  { name: "password", type: "password", autocomplete: "new-password", minLength: 12, maxLength: 128 },
];

/** The owner of the demo has none, and comes by a link each time. */
const NO_PASSWORD =
  "No password, or lost it? Ask whoever added you for a new link. On the machine of the control plane, the command " +
  "control-plane owner-link prints one for its Owner.";

function showSignIn(trouble) {
  show(
    text("h1", "Sign in"),
    trouble === undefined ? undefined : describe(trouble),
    makeForm(
      [EMAIL, ["Password", { name: "password", type: "password", autocomplete: "current-password" }]],
      "Sign in",
      async (fields) => showHome(await call("POST", "/api/sign-in", fields)),
    ),
    text("p", NO_PASSWORD, "quiet"),
  );
}

const TITLES = {
  owner: "Become the Owner of this control plane",
  "sign-in": "Sign in",
  invitation: "Welcome",
  "reset-password": "Choose a new password",
};

async function showLink(secret) {
  try {
    const link = await call("POST", "/api/links/inspect", { secret });
    const fields = [
      ...(link.person === null ? [["Your name", { name: "name", autocomplete: "name" }], EMAIL] : []),
      ...(link.needs_password ? [NEW_PASSWORD] : []),
    ];
    show(
      text("h1", TITLES[link.purpose] ?? "Sign in"),
      link.person === null ? undefined : text("p", link.person.name + ", " + link.person.email),
      text("p", "The link works once, until " + showTime(link.expires_at) + ".", "quiet"),
      makeForm(fields, "Sign in", async (sent) =>
        showHome(await call("POST", "/api/links/redeem", { secret, ...sent })),
      ),
    );
  } catch (trouble) {
    showSignIn(trouble);
  }
}

function showTime(seconds) {
  return new Date(seconds * 1000).toLocaleString();
}

function showHome({ person, memberships }) {
  const signOut = make("button", { type: "button", textContent: "Sign out" });
  signOut.addEventListener("click", async () => {
    await call("POST", "/api/sign-out").catch(() => undefined);
    showSignIn();
  });
  show(
    make("header", {}, make("div", {}, text("h1", person.name), text("p", person.email, "quiet")), signOut),
    ...(memberships.length === 0 ? [text("p", "You are a member of no organization.")] : []),
    ...memberships.map(showOrganization),
  );
}

function showOrganization({ organization, role }) {
  const list = make("div", {}, text("p", "Reading the instances …", "quiet"));
  const path = "/api/organizations/" + encodeURIComponent(organization.id) + "/instances";
  call("GET", path).then(
    ({ data }) =>
      list.replaceChildren(
        ...(data.length === 0 ? [text("p", "No instance is connected yet.")] : data.map((one) => showInstance(one, path))),
      ),
    (trouble) => list.replaceChildren(describe(trouble)),
  );
  const notes = "You are " + role + ". This page only shows. Changes are made by the API: docs/control-plane.md has programs.";
  return make("section", {}, text("h2", organization.name), text("p", notes, "quiet"), list);
}

function showInstance(instance, path) {
  const { desired, observed, findings } = instance;
  const row = (name, wanted, seen) =>
    make("tr", {}, text("th", name), text("td", wanted ? "on" : "off"), text("td", seen ?? "not looked yet"));
  const card = make(
    "article",
    {},
    text("h3", instance.name + (instance.is_draft ? " (draft)" : "")),
    text("p", [instance.endpoint ?? "no endpoint yet", instance.environment, instance.version].filter(Boolean).join(" · "), "quiet"),
    make(
      "table",
      {},
      make("tr", {}, text("td", ""), text("th", "wanted"), text("th", "seen")),
      row("Authorization (JWT)", desired.authorization, observed?.authorization),
      row("Security key", desired.security_key, observed?.security_key),
    ),
    observed === null ? undefined : text("p", "Seen " + showTime(observed.at) + " by " + observed.source + ".", "quiet"),
    ...findings.map(({ title, certainty, fix, command }) =>
      make(
        "div",
        { className: "trouble" },
        text("p", title + (certainty === "certain" ? "" : " (" + certainty + ")")),
        text("p", fix, "quiet"),
        command === null ? undefined : text("pre", command),
      ),
    ),
  );
  const look = make("button", { type: "button", textContent: "Ask the instance" });
  look.addEventListener("click", async () => {
    look.disabled = true;
    try {
      card.replaceWith(showInstance(await call("POST", path + "/" + encodeURIComponent(instance.id) + "/policy"), path));
    } catch (trouble) {
      look.replaceWith(describe(trouble));
    }
  });
  if (instance.is_draft) return card;
  card.append(look);
  // Findings about what nobody has looked at would be about nothing.
  if (observed === null) look.click();
  return card;
}

async function start() {
  const secret = takeSecret();
  if (secret !== undefined) return showLink(secret);
  try {
    showHome(await call("GET", "/api/session"));
  } catch (trouble) {
    showSignIn(trouble.status === 401 ? undefined : trouble);
  }
}

addEventListener("hashchange", () => {
  if (location.hash !== "") start();
});
start();
`;
