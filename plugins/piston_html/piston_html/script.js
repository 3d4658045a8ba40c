"use strict";
(() => {
  const meta = (name) => document.querySelector(`meta[name="${name}"]`);
  const here = (address) => new URL(address, location.href).pathname === location.pathname;
  const parsed = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");
  const enable = () => {
    for (const each of document.querySelectorAll("fieldset:disabled")) each.disabled = false;
  };

  // What a field of a form holds; undefined for what is not to be sent.
  const valueOf = (control, method) => {
    const text = control.value, kind = control.dataset.kind;
    if (control.type === "file") return control.files.length ? control.files[0] : undefined;
    if (method === "POST" && text === "" && kind !== "many") return undefined;
    if (kind === "bool") return text === "" ? undefined : text === "true";
    if (kind === "many") return [...control.selectedOptions].map((each) => each.value);
    if (kind === "keys") return text.split(",").map((each) => each.trim()).filter(Boolean);
    return text && "offset" in control.dataset ? text + control.dataset.offset : text;
  };
  const isAsIs = (control) => {
    if (control.type === "file") return !control.files.length;
    if (control.options) return [...control.options].every((each) => each.selected === each.defaultSelected);
    return control.value === control.defaultValue;
  };
  const controlsOf = (form) =>
    [...form.elements].filter((each) => each.name && each.name !== "csrfmiddlewaretoken" && each.tagName !== "BUTTON");

  const bodyOf = (form) => {
    const {method, type} = form.dataset, data = new Map();
    for (const control of controlsOf(form)) {
      if (method === "PATCH" && control.type !== "hidden" && isAsIs(control)) continue;
      const value = valueOf(control, method);
      if (value !== undefined) data.set(control.name, value);
    }
    if (type === "application/json") return JSON.stringify(Object.fromEntries(data));
    const body = type === "multipart/form-data" ? new FormData() : new URLSearchParams();
    for (const [name, value] of data) {
      for (const each of Array.isArray(value) ? value : [value]) body.append(name, each);
    }
    return body;
  };

  const asked = (form) => {
    const {method, type} = form.dataset, headers = {Accept: "text/html"};
    const token = meta("token"), state = meta("state");
    if (token) headers[token.dataset.field] = token.content;
    if (state && method !== "POST" && here(form.action)) headers[state.dataset.field] = state.content;
    if ("raw" in form.dataset) {
      headers["Content-Type"] = form.elements.type.value;
      return {method, headers, body: form.elements.body.value};
    }
    if (!type) return {method, headers};
    if (type === "application/json") headers["Content-Type"] = type;
    return {method, headers, body: bodyOf(form)};
  };

  const say = (form, text) => { form.querySelector(".said").textContent = text; };
  const clear = (form) => {
    say(form, "");
    for (const list of form.querySelectorAll("ul.faults")) list.replaceChildren();
    for (const each of form.querySelectorAll("[aria-invalid]")) each.removeAttribute("aria-invalid");
  };

  // Say what was refused, next to the fields that it is about.
  const refused = (form, page) => {
    const others = [];
    for (const fault of page.querySelectorAll("#problem [data-pointer]")) {
      const name = fault.dataset.pointer.split("/")[1]?.replaceAll("~1", "/").replaceAll("~0", "~");
      const field = [...form.querySelectorAll("[data-field]")].find((each) => each.dataset.field === name);
      const text = fault.querySelector("span").textContent;
      if (!field) { others.push(text); continue; }
      const item = document.createElement("li");
      item.textContent = text;
      field.querySelector("ul.faults").append(item);
      field.querySelector("input, select, textarea").setAttribute("aria-invalid", "true");
    }
    const members = [...page.querySelectorAll("#problem > dl > div")];
    const detail = members.find((each) => each.querySelector("dt").textContent === "detail");
    say(form, others.join(" ") || detail?.querySelector("dd").textContent || page.title);
    form.querySelector("[aria-invalid]")?.focus();
  };

  const done = async (form, answer) => {
    const created = answer.headers.get("Location"), collection = document.querySelector('a[rel="collection"]');
    if (created) { location.assign(created); return; }
    if (form.dataset.method === "DELETE" && here(form.action)) {
      const parents = document.querySelectorAll(".crumbs a");
      location.assign(collection?.href ?? parents[parents.length - 1]?.href ?? "/");
      return;
    }
    if (answer.status === 204 || form.dataset.method !== "POST") { location.reload(); return; }
    document.body.replaceWith((await parsed(answer)).body);
    enable();
    scrollTo(0, 0);
  };

  const send = async (form) => {
    clear(form);
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      const answer = await fetch(form.action, asked(form));
      if (answer.ok) await done(form, answer);
      else refused(form, await parsed(answer));
    } catch (error) {
      say(form, `Nothing came back: ${error.message}`);
    } finally {
      button.disabled = false;
    }
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.method) {
      event.preventDefault();
      send(form);
    } else {  // a search: what is empty is not asked for
      for (const each of form.elements) if (each.name && !each.value) each.disabled = true;
    }
  });
  addEventListener("pageshow", () => {
    for (const each of document.querySelectorAll(".search input:disabled")) each.disabled = false;
  });

  // Related objects: their list is asked while somebody writes, if it can be asked for a part of a text.
  const searches = new Map();
  const searchOf = async (address) => {
    const page = await parsed(await fetch(address, {headers: {Accept: "text/html"}}));
    const names = [...page.querySelectorAll("form.search input")].map((each) => each.name);
    return names.find((each) => /__(icontains|istartswith|contains|startswith)$/.test(each));
  };
  const suggest = async (control) => {
    const {list, key, kind} = control.dataset, typed = control.value;
    const before = kind === "keys" ? typed.slice(0, typed.lastIndexOf(",") + 1) : "";
    const word = typed.slice(before.length).trim();
    if (!searches.has(list)) searches.set(list, searchOf(`${list}?limit=1`));
    const name = await searches.get(list);
    if (!name || !word) return;
    const query = new URLSearchParams({[name]: word, limit: "10"});
    const page = await parsed(await fetch(`${list}?${query}`, {headers: {Accept: "text/html"}}));
    if (control.value !== typed) return;
    const options = [];
    for (const row of page.querySelectorAll("#data > .wide > table > tbody > tr")) {
      const cells = [...row.children], own = cells.find((each) => each.dataset.name === key);
      if (!own) continue;
      const option = document.createElement("option");
      option.value = (before ? `${before} ` : "") + own.textContent;
      option.label = cells.map((each) => each.textContent).join(" · ");
      options.push(option);
    }
    let found = document.getElementById(`${control.id}-list`);
    if (!found) {
      found = document.createElement("datalist");
      found.id = `${control.id}-list`;
      control.after(found);
      control.setAttribute("list", found.id);
    }
    found.replaceChildren(...options);
  };
  let timer;
  document.addEventListener("input", (event) => {
    const control = event.target;
    if (!control.dataset.list) return;
    clearTimeout(timer);
    timer = setTimeout(() => suggest(control).catch(() => {}), 250);
  });

  enable();
})();
