// The start page: sets a new server up, then shows the API from its own OpenAPI document. Text from
// the server only ever becomes text nodes.
"use strict";

const $ = (id) => document.getElementById(id);

function element(name, content, attributes = {}) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  for (const part of [content].flat()) if (part !== undefined && part !== null) made.append(part);
  return made;
}

async function json(path, options) {
  const response = await fetch(path, options);
  const body = await response.json();
  if (!response.ok) throw Object.assign(new Error(body.detail || response.statusText), { body });
  return body;
}

async function start() {
  const setup = await json("/api/v1/setup");
  if (!setup.needed) return show();
  const trades = $("setup-form").elements.trade;
  for (const trade of setup.trades) trades.append(element("option", `${trade.name_zh} ${trade.name_en}`, { value: trade.trade }));
  $("setup-form").addEventListener("submit", found);
  $("setup").hidden = false;
}

async function found(event) {
  event.preventDefault();
  const form = event.target;
  const button = form.querySelector("button");
  const draft = Object.fromEntries(new FormData(form));
  draft.currency = draft.currency.toUpperCase();
  button.disabled = true;
  $("setup-error").textContent = "";
  try {
    await json("/api/v1/setup", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(draft) });
    $("setup").hidden = true;
    $("welcome").hidden = false;
    await show();
  } catch (error) {
    const faults = (error.body && error.body.fields) || [];
    const lines = faults.map((fault) => `${fault.field.slice(1)}: ${fault.detail}`);
    $("setup-error").textContent = [`没有开成，什么都没有保存：${error.message}`, ...lines].join("\n");
  } finally {
    button.disabled = false;
  }
}

async function show() {
  const [steps, document_] = await Promise.all([json("/first-cart.json"), json("/api/openapi.json")]);
  $("steps").replaceChildren(...steps.map(step));
  $("first-cart").hidden = false;
  operations(document_);
  $("docs").hidden = false;
}

// One step as a shell command. `save` names a variable and where in the answer its value is.
function step(step) {
  const [name, pointer] = Object.entries(step.save || {})[0] || [];
  const jar = step.signs_in ? "-c jar" : "-b jar";
  const key = step.key ? ` -H "Idempotency-Key: $(new)"` : "";
  const lines = [];
  if (step.signs_in) lines.push("new() { uuidgen 2>/dev/null || cat /proc/sys/kernel/random/uuid; }");
  if (step.makes) lines.push(`${step.makes}=$(new)`);
  let call = `curl -s ${jar}${key} ${location.origin}${step.path}`;
  if (step.body) call += ` -H "Content-Type: application/json" -d @- <<END`;
  if (name) {
    const path = pointer.slice(1).split("/").map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`)).join("");
    const body = step.body ? `\n${JSON.stringify(step.body, null, 2)}\nEND\n` : "";
    lines.push(`${name}=$(${call}${body ? "" : ` | jq -r '${path}'`}${body}${body ? `)\n${name}=$(echo "$${name}" | jq -r '${path}'` : ""})`, `echo $${name}`);
  } else {
    lines.push(call + (step.body ? `\n${JSON.stringify(step.body, null, 2)}\nEND` : ""));
  }
  const title = [step.zh, " ", element("span", step.en, { lang: "en" })];
  return element("li", [element("div", title), element("pre", element("code", lines.join("\n")))]);
}

function operations(document_) {
  const byTag = new Map();
  for (const [path, item] of Object.entries(document_.paths)) {
    for (const method of ["get", "post", "put", "patch", "delete"]) {
      const operation = item[method];
      if (!operation) continue;
      const tag = (operation.tags || ["other"])[0];
      if (!byTag.has(tag)) byTag.set(tag, []);
      byTag.get(tag).push(details(document_, method, path, operation));
    }
  }
  const out = $("operations");
  for (const [tag, found] of byTag) {
    $("tags").append(element("a", `${tag} (${found.length})`, { href: `#tag-${tag}` }));
    out.append(element("section", [element("h3", tag, { id: `tag-${tag}` }), ...found]));
  }
  $("filter").addEventListener("input", (event) => {
    const words = event.target.value.toLowerCase().split(/\s+/);
    for (const section of out.children) {
      let any = false;
      for (const row of section.querySelectorAll("details")) {
        row.hidden = !words.every((word) => row.dataset.text.includes(word));
        any = any || !row.hidden;
      }
      section.hidden = !any;
    }
  });
}

function details(document_, method, path, operation) {
  const summary = element("summary", [element("b", method.toUpperCase()), element("code", path), element("span", operation.summary || "")]);
  const made = element("details", summary);
  made.dataset.text = [method, path, operation.summary, operation.operationId, ...(operation.tags || [])].join(" ").toLowerCase();
  // Built when it is opened: a document has some hundred operations.
  made.addEventListener("toggle", () => made.children.length === 1 && made.append(body(document_, operation)), { once: true });
  return made;
}

function body(document_, operation) {
  const parts = [];
  if (operation.description) parts.push(element("p", operation.description));
  parts.push(element("p", ["权限 ", element("span", "permission", { lang: "en" }), ": ", element("code", operation["x-permission"] || "–")]));
  const parameters = (operation.parameters || []).map((one) => [one.name, one.in, kind(one.schema), one.required, one.description]);
  if (parameters.length) parts.push(table("参数 Parameters", parameters));
  const request = operation.requestBody && operation.requestBody.content["application/json"];
  if (request) parts.push(table("请求 Request", fields(document_, request.schema)));
  for (const [status, response] of Object.entries(operation.responses || {})) {
    const content = response.content && Object.values(response.content)[0];
    if (content && /^2/.test(status)) parts.push(table(`${status} 回答 Answer`, fields(document_, content.schema)));
  }
  return element("div", parts);
}

function resolve(document_, schema) {
  const name = schema && schema.$ref && schema.$ref.split("/").pop();
  return name ? document_.components.schemas[name] : schema;
}

function fields(document_, schema) {
  const found = resolve(document_, schema) || {};
  const required = new Set(found.required || []);
  const own = Object.entries(found.properties || {}).map(([name, property]) => [name, "", kind(property), required.has(name), property.description || (resolve(document_, property) || {}).description]);
  const parts = (found.allOf || found.oneOf || []).flatMap((part) => fields(document_, part));
  return [...own, ...parts];
}

function kind(schema) {
  if (!schema) return "";
  if (schema.$ref) return schema.$ref.split("/").pop();
  const several = schema.oneOf || schema.anyOf;
  if (several) return several.map(kind).join(" | ");
  if (schema.items) return `${kind(schema.items)}[]`;
  return [schema.type].flat().join(" | ") + (schema.format ? ` (${schema.format})` : "") + (schema.enum ? `: ${schema.enum.join(" | ")}` : "");
}

function table(title, rows) {
  if (!rows.length) return null;
  const lines = rows.map(([name, where, type, required, text]) =>
    element("tr", [element("td", [element("code", name), required ? " *" : ""]), element("td", [type, where ? ` · ${where}` : ""]), element("td", text || "")]),
  );
  return element("div", [element("strong", title), element("table", lines)]);
}

start().catch((error) => {
  $("fault").textContent = `服务器没有回答，请稍后刷新。The server did not answer; reload in a moment. (${error.message})`;
});
