"use strict";
// The page reads well without any of this. Nothing here makes HTML of text, and nothing is stored.
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const one = (selector, within = document) => within.querySelector(selector);
  const make = (name, attributes = {}, ...inner) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...inner);
    return made;
  };
  const LONGEST = 200000; // characters of an answer that are shown

  // --- the list of contents -------------------------------------------------------------------------------------
  const side = one(".side"), menu = one(".menu"), entries = one("#entries"), search = one("#search");
  side.classList.add("scripted");
  menu.hidden = false;
  one(".search").hidden = false;
  const open = (wanted) => {
    entries.classList.toggle("open", wanted);
    menu.setAttribute("aria-expanded", wanted);
  };
  menu.addEventListener("click", () => open(!entries.classList.contains("open")));
  entries.addEventListener("click", (event) => event.target.closest("a") && open(false));
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      open(true);
      search.focus();
    } else if (event.key === "Escape" && event.target === search) {
      search.value = "";
      filter();
    }
  });

  const articles = all("article.entry");
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    for (const article of articles) {
      article.hidden = !words.every((word) => article.dataset.words.includes(word));
      one(`[data-entry="${CSS.escape(article.id)}"]`, side).hidden = article.hidden;
      found += !article.hidden;
    }
    for (const section of all("[data-chapter]", side)) {
      section.hidden = all("li", section).every((each) => each.hidden);
      document.getElementById(section.dataset.chapter).hidden = section.hidden;
    }
    for (const each of all(".intro, .topic, .side section:not([data-chapter])")) each.hidden = words.length > 0;
    one(".nothing").hidden = found > 0;
    scrollTo(0, 0);
    one("#found").textContent = words.length ? `${found} found` : "";
  };
  search.addEventListener("input", filter);

  const links = new Map(all(".entries li a").map((link) => [link.hash.slice(1), link]));
  const seen = new Set();
  const mark = () => {
    const first = [...links.keys()].find((id) => seen.has(id));
    for (const link of links.values()) link.removeAttribute("aria-current");
    if (first) links.get(first).setAttribute("aria-current", "location");
  };
  const watcher = new IntersectionObserver((changes) => {
    for (const each of changes) seen[each.isIntersecting ? "add" : "delete"](each.target.id);
    mark();
  }, { rootMargin: "-8% 0px -60% 0px" });
  for (const id of links.keys()) {
    const target = document.getElementById(id);
    if (target) watcher.observe(target);
  }

  // --- copying, printing ----------------------------------------------------------------------------------------
  const copyable = (block) => {
    const button = make("button", { type: "button", class: "copy" }, "Copy");
    button.addEventListener("click", async () => {
      const code = one("code", block);
      try {
        await navigator.clipboard.writeText(code.textContent);
        button.textContent = "Copied";
        setTimeout(() => { button.textContent = "Copy"; }, 1500);
      } catch { // browsers write to the clipboard over HTTPS only
        getSelection().selectAllChildren(code);
      }
    });
    block.append(button);
  };
  all(".code").forEach(copyable);
  const opened = [];
  addEventListener("beforeprint", () => {
    for (const each of all("details:not([open])")) { each.open = true; opened.push(each); }
  });
  addEventListener("afterprint", () => { for (const each of opened.splice(0)) each.open = false; });

  // --- who sends it: kept in the fields of the dialog, and nowhere else ---------------------------------------------
  const asking = one("dialog.credentials"), chosen = one("form", asking);
  let session = null;
  const who = () => {
    const kind = chosen.elements.kind.value;
    if (kind === "session") return session.user;
    if (kind === "basic") return chosen.elements.username.value || "nobody";
    return kind === "bearer" ? "the owner of the token" : "nobody";
  };
  const told = () => {
    const kind = chosen.elements.kind.value;
    for (const each of all("[data-for]", asking)) each.hidden = each.dataset.for !== kind;
    for (const each of all("button.who")) each.textContent = who();
  };
  chosen.addEventListener("change", told);
  asking.addEventListener("close", told);
  const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
  const authorization = () => {
    const { kind, token, username, password } = chosen.elements;
    if (kind.value === "bearer") return `Bearer ${token.value}`;
    return kind.value === "basic" ? `Basic ${base64(`${username.value}:${password.value}`)}` : "";
  };
  const ask = async () => {
    const answer = await fetch("?session", { headers: { Accept: "application/json" }, cache: "no-store" });
    if (!answer.ok || answer.redirected) return; // such as to a page to log in
    session = await answer.json();
    const radio = one("[value=session]", chosen);
    if (!session.user || !radio) return;
    radio.disabled = false;
    radio.checked = true;
    one(".user", chosen).textContent = `(${session.user})`;
    told();
  };

  // --- what is sent ---------------------------------------------------------------------------------------------
  const values = (form, place) => all(`[data-place="${place}"]`, form).flatMap((input) => {
    const several = "several" in input.dataset ? input.value.split("\n").filter(Boolean) : [input.value];
    return several.filter((value) => value !== "").map((value) => [input.dataset.name, value]);
  });
  const requestOf = (form, article) => {
    let path = article.dataset.template;
    for (const [name, value] of values(form, "path")) {
      path = path.replace(`{${name}}`, () => value.split("/").map(encodeURIComponent).join("/"));
    }
    const query = new URLSearchParams(values(form, "query")).toString();
    const headers = values(form, "header"), text = form.elements.body?.value ?? "";
    if (text) headers.push(["Content-Type", form.elements["media-type"].value]);
    return { method: article.dataset.method, url: location.origin + path + (query && `?${query}`), headers, text };
  };
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const curlOf = ({ method, url, headers, text }) => {
    const kind = chosen.elements.kind.value, lines = [];
    if (kind === "bearer") lines.push('-H "Authorization: Bearer $TOKEN"');
    if (kind === "basic") lines.push(`-u ${quoted(chosen.elements.username.value)}`);
    if (kind === "session") lines.push('-b "$COOKIES"');
    lines.push(...headers.map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`));
    if (text) lines.push(`--data-raw ${quoted(text)}`);
    const plain = method === "GET" || (method === "POST" && text);
    return [`curl ${plain ? "" : `-X ${method} `}${quoted(url)}`, ...lines].join(" \\\n  ");
  };
  const send = ({ method, url, headers, text }) => {
    const sent = new Headers(headers), own = authorization();
    const known = chosen.elements.kind.value === "session";
    if (own) sent.set("Authorization", own);
    if (known && !["GET", "QUERY"].includes(method)) sent.set(document.body.dataset.csrfHeader, session.token);
    return fetch(url, {
      method, headers: sent, body: text || undefined, cache: "no-store", credentials: known ? "same-origin" : "omit",
    });
  };

  // --- what comes back ------------------------------------------------------------------------------------------
  const indented = (text) => { // by its tokens, so that numbers stay as they were sent
    let depth = 0;
    const line = () => `\n${"  ".repeat(depth)}`;
    return text.replace(/"(?:[^"\\]|\\.)*"|([{[])\s*([}\]])|([{[])|([}\]])|(,)|(:)|\s+/g,
      (all, empty, end, begins, ends, comma, colon) => {
        if (empty) return empty + end;
        if (begins) { depth += 1; return begins + line(); }
        if (ends) { depth -= 1; return line() + ends; }
        if (comma) return comma + line();
        if (colon) return ": ";
        return all.trim() && all;
      });
  };
  const shownBody = async (answer) => {
    const type = answer.headers.get("Content-Type") ?? "", body = await answer.blob();
    if (!body.size) return "";
    if (!/^text\/|json|xml|yaml|csv/.test(type)) return `${body.size} bytes of ${type || "an unknown type"}`;
    const text = (await body.text()).slice(0, LONGEST);
    return (/json\b/.test(type) ? indented(text) : text) + (body.size > LONGEST ? "\n…" : "");
  };
  const code = (label, text) => {
    const block = make("div", { class: "code" }, make("p", { class: "label" }, label),
      make("pre", { tabindex: "0" }, make("code", {}, text)));
    copyable(block);
    return block;
  };
  const shown = async (answer, began, request) => {
    const body = await shownBody(answer);
    const rows = [...answer.headers].map(([name, value]) => make("tr", {}, make("td", {}, name), make("td", {}, value)));
    const fields = make("details", {}, make("summary", {}, `Header fields `, make("span", { class: "count" }, rows.length)),
      make("table", {}, make("tbody", {}, ...rows)));
    return [
      make("p", { class: "outcome" }, make("span", { class: `status s${String(answer.status)[0]}` }, answer.status),
        make("strong", {}, answer.statusText), `${Math.round(performance.now() - began)} ms`),
      ...(body ? [code("Answer", body)] : []), fields, code("The same with curl", curlOf(request)),
    ];
  };

  // --- the forms ------------------------------------------------------------------------------------------------
  const confirmed = (article) => new Promise((resolve) => {
    const dialog = one("dialog.ask");
    one(".asked", dialog).textContent = `${article.dataset.method} ${article.dataset.template}`;
    dialog.returnValue = "no";
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
    dialog.showModal();
  });
  const submit = async (form, article) => {
    if ("write" in article.dataset && !(await confirmed(article))) return;
    const got = one(".got", form), button = one("button.main", form), request = requestOf(form, article);
    button.disabled = true;
    const began = performance.now();
    try {
      got.replaceChildren(...(await shown(await send(request), began, request)));
    } catch (error) {
      got.replaceChildren(make("p", {}, `There was no answer: ${error.message}`));
    }
    got.hidden = false;
    button.disabled = false;
    got.focus({ preventScroll: true });
    got.scrollIntoView({ block: "nearest" });
  };
  const formOf = (article, opener) => {
    const form = document.importNode(one("template", article).content, true).firstElementChild;
    const media = form.elements["media-type"];
    const fill = () => { form.elements.body.value = media.selectedOptions[0]?.dataset.text ?? ""; };
    if (media) { media.addEventListener("change", fill); fill(); }
    form.addEventListener("submit", (event) => { event.preventDefault(); submit(form, article); });
    one(".who", form).addEventListener("click", () => asking.showModal());
    one(".close", form).addEventListener("click", () => { form.remove(); opener.hidden = false; opener.focus(); });
    return form;
  };
  for (const article of articles) {
    const opener = make("button", { type: "button", class: "try-open" }, "Try it");
    opener.addEventListener("click", async () => {
      const form = formOf(article, opener);
      one(".curl", article).after(form);
      opener.hidden = true;
      if (!session) await ask();
      told();
      one("input, select, textarea, button", form).focus();
    });
    one(".curl", article).after(opener);
  }
})();
