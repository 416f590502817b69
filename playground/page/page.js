// The page of the playground: draws three phones from GET /play/state and keeps them current from the
// event stream. It holds no truth of its own; whatever it shows can be fetched again.

const LANGUAGES = [
  ["de", "Deutsch", "Nachricht"], ["en", "English", "Message"], ["ar", "العربية", "رسالة"],
  ["fa", "فارسی / دری", "پیام"], ["uk", "Українська", "Повідомлення"], ["fr", "Français", "Message"],
  ["ps", "پښتو", "پیغام"], ["ur", "اردو", "پیغام"], ["ckb", "کوردی", "پەیام"], ["kmr", "Kurmancî", "Mesaj"],
  ["ti", "ትግርኛ", "መልእኽቲ"], ["am", "አማርኛ", "መልእክት"], ["so", "Soomaali", "Fariin"], ["tr", "Türkçe", "Mesaj"],
  ["ru", "Русский", "Сообщение"],
];
const RIGHT_TO_LEFT = new Set(["ar", "fa", "ps", "ur", "ckb"]);
const CAPTIONS = {
  client: "asks in her own language",
  volunteer: "helps someone beside him",
  coordinator: "sets goals, sends reminders",
};
const ROLES = { client: "Client", volunteer: "Volunteer", coordinator: "Coordinator" };
const EXAMPLES = [
  "اريد كورس الماني في هار مع حضانة اطفال", "Deutschkurs B1 abends in Unterschleißheim",
  "Мені потрібен лікар у Гархінгу", "وکیل برای پناهندگی می‌خواهم", "When is my next appointment?",
];
const PLACES = [
  ["Haar", 48.1089, 11.7267], ["Unterschleißheim", 48.2804, 11.5768], ["Garching", 48.2489, 11.6514],
  ["Ottobrunn", 48.065, 11.6633], ["Taufkirchen", 48.0486, 11.617],
];
const TOUR = [
  "Coordinator: open the invitation above the phone",
  "Client: press START, choose a language",
  "Client: ask anything in your own words",
  "Coordinator: create a client, get a link",
  "Open that link on the client’s phone",
  "Coordinator: log a milestone due in three days, then press “+3 days” (at night “next 9:00”)",
  "Client: open the reminder, answer “need help”",
  "Coordinator: see the answer",
];
const ZONE = "Europe/Berlin";
const OWN_ACTION_MS = 8000;
const HISTORY_MAX = 300;

const $ = (selector, within = document) => within.querySelector(selector);
const phones = new Map();
let offset = 0;
let botSeen = false;
let lastEvent = 0;
let refreshTimer = 0;
const journey = { moved: false, reminded: false, answered: false, returned: false };

function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

async function post(path, body = {}, method = "POST") {
  const response = await fetch(path, {
    method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
  const found = await response.json();
  if (!response.ok) throw new Error(found.error || response.statusText);
  return found;
}

/* ---------- time ---------- */

const now = () => new Date(Date.now() + offset);
const formats = {
  time: new Intl.DateTimeFormat("de-DE", { timeZone: ZONE, hour: "2-digit", minute: "2-digit" }),
  day: new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, weekday: "long", day: "numeric", month: "long", year: "numeric" }),
  short: new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, weekday: "short", day: "numeric", month: "short" }),
};

function shiftText() {
  const hours = Math.round(offset / 360000) / 10;
  if (Math.abs(hours) < 0.1) return "";
  const sign = hours > 0 ? "+" : "−";
  const whole = Math.abs(hours);
  const days = Math.floor(whole / 24);
  const rest = Math.round(whole - days * 24);
  return sign + [days && `${days} d`, rest && `${rest} h`].filter(Boolean).join(" ");
}

function drawClock() {
  const moment = now();
  $("#clock-day").textContent = formats.day.format(moment);
  $("#clock-time").textContent = formats.time.format(moment);
  const shift = shiftText();
  $("#clock-shift").hidden = !shift;
  $("#clock-shift").textContent = shift;
  for (const phone of phones.values()) phone.part("statusbar-time").textContent = formats.time.format(moment);
}

function setClock(clock) {
  offset = clock.offset_seconds * 1000;
  if (offset > 2 * 86400000 - 1000) journey.moved = journey.moved || connected();
  drawClock();
  drawTour();
}

/** Seconds from now to the next 9:00 in Berlin, when the first reminders of a day go out; the second round puts a change to summer time right. */
function untilMorning() {
  const minutes = (date) => {
    const [hour, minute] = formats.time.format(date).split(":").map(Number);
    return hour * 60 + minute;
  };
  const start = now();
  let wait = (540 - minutes(start) + 1440) % 1440 || 1440;
  const arrived = minutes(new Date(start.getTime() + wait * 60000));
  wait += ((540 - arrived + 720 + 1440) % 1440) - 720;
  return wait * 60 - start.getSeconds();
}

/* ---------- rich text ---------- */

const TAGS = {
  bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote",
};

/** Telegram counts in UTF-16 units, as JavaScript does, so offsets fit as they are. */
function rich(text, entities, phone, from = 0, to = text.length) {
  const nodes = [];
  let at = from;
  for (let index = 0; index < entities.length; index += 1) {
    const entity = entities[index];
    const start = Math.max(entity.offset, at);
    const stop = Math.min(entity.offset + entity.length, to);
    if (stop <= start) continue;
    if (start > at) nodes.push(text.slice(at, start));
    const inner = entities.slice(index + 1).filter((other) => other.offset < stop && other.offset + other.length > start);
    nodes.push(dressed(entity, text.slice(start, stop), rich(text, inner, phone, start, stop), phone));
    at = stop;
  }
  if (at < to) nodes.push(text.slice(at, to));
  return nodes;
}

function dressed(entity, text, children, phone) {
  if (TAGS[entity.type]) return make(TAGS[entity.type], {}, ...children);
  if (entity.type === "spoiler") {
    const cover = make("button", { type: "button", className: "spoiler", ariaLabel: "Hidden text: show" }, make("span", {}, ...children));
    cover.onclick = () => { cover.classList.add("seen"); cover.removeAttribute("aria-label"); };
    return cover;
  }
  if (entity.type === "text_link" || entity.type === "url") return link(entity.url || text, children);
  if (entity.type === "email") return link(`mailto:${text}`, children);
  if (entity.type === "phone_number") return link(`tel:${text.replace(/[^+\d]/g, "")}`, children);
  if (entity.type === "bot_command") {
    return make("button", { type: "button", className: "command", onclick: () => phone.say(text) }, ...children);
  }
  return make("span", {}, ...children);
}

function isBotLink(address) {
  try {
    const url = new URL(address.includes("://") ? address : `https://${address}`);
    return ["t.me", "telegram.me"].includes(url.hostname) && url.pathname.slice(1).toLowerCase() === "lotse_playground_bot";
  } catch {
    return false;
  }
}

function link(address, children) {
  const target = /^[a-z][\w+-]*:/i.test(address) ? address : `https://${address}`;
  const anchor = make("a", { href: /^(https?|mailto|tel):/i.test(target) ? target : "#", target: "_blank", rel: "noopener noreferrer" }, ...children);
  if (isBotLink(address)) {
    anchor.onclick = (event) => { event.preventDefault(); chooseSeat(target); };
  }
  return anchor;
}

function follow(address) {
  if (isBotLink(address)) chooseSeat(address);
  else window.open(address, "_blank", "noopener,noreferrer");
}

/* ---------- dialogs ---------- */

function chooseSeat(address) {
  const dialog = $("#open-in");
  $("#open-in-link").textContent = address;
  $("#open-in-choices").replaceChildren(...[...phones.values()].map((phone) => make("button", {
    type: "submit", textContent: `${ROLES[phone.user.role] || phone.user.role} · ${phone.user.first_name}`,
    onclick: () => phone.open(address),
  })));
  dialog.showModal();
}

function ask(title, text, yes) {
  const dialog = $("#confirm");
  $("#confirm-title").textContent = title;
  $("#confirm-text").textContent = text;
  $("#confirm-yes").textContent = yes;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

/* ---------- what a message holds ---------- */

function size(bytes) {
  return bytes < 1024 ? `${bytes} B` : bytes < 1048576 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
}

function drawDocument(file, phone) {
  const kind = (file.file_name || "").split(".").pop().slice(0, 4) || "file";
  const anchor = make("a", { className: "file", href: `/play/files/${file.file_id}`, download: file.file_name || "file" },
    make("span", { className: "file-icon", textContent: kind, ariaHidden: "true" }),
    make("span", {}, make("strong", { textContent: file.file_name }), make("small", { textContent: `${size(file.file_size)} · save` })));
  const box = make("div", {}, anchor);
  if (kind === "ics") drawEvent(file).then((event) => { if (event) { box.prepend(event); phone.scroll(); } }, () => {});
  return box;
}

async function drawEvent(file) {
  const text = (await (await fetch(`/play/files/${file.file_id}`)).text()).replace(/\r?\n[ \t]/g, "");
  const body = text.split(/BEGIN:VEVENT/)[1] || "";
  const field = (name) => (new RegExp(`^${name}[^:\\r\\n]*:(.*)$`, "m").exec(body)?.[1] || "").trim()
    .replace(/\\n/gi, " ").replace(/\\([\\;,])/g, "$1");
  const found = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z)?)?/.exec(field("DTSTART"));
  if (!found) return null;
  const [, year, month, day, hour = "12", minute = "00", , utc] = found;
  const when = new Date(Date.UTC(year, month - 1, day, hour, minute));
  const style = { timeZone: utc ? ZONE : "UTC" };
  const part = (options) => new Intl.DateTimeFormat("en-GB", { ...style, ...options }).format(when);
  const clock = found[4] ? part({ hour: "2-digit", minute: "2-digit" }) : "all day";
  return make("div", { className: "event" },
    make("div", { className: "event-day" }, make("span", { textContent: part({ month: "short" }) }), make("b", { textContent: part({ day: "numeric" }) })),
    make("div", {}, make("strong", { textContent: field("SUMMARY") || "Event" }),
      make("small", { textContent: [part({ weekday: "long" }), clock].join(", ") }),
      field("LOCATION") ? make("small", { textContent: field("LOCATION") }) : null));
}

function drawPlace(place) {
  const near = PLACES.map(([name, lat, lon]) => [Math.hypot(lat - place.latitude, (lon - place.longitude) * 0.67), name]).sort((a, b) => a[0] - b[0])[0];
  const name = near[0] < 0.02 ? near[1] : `${place.latitude.toFixed(4)}, ${place.longitude.toFixed(4)}`;
  const box = make("div", { className: "place" });
  box.innerHTML = '<svg viewBox="0 0 210 96" aria-hidden="true"><path d="M-5 70C40 40 70 90 120 60s60-20 100-45" stroke="#a9cfe0" stroke-width="12" fill="none"/><path d="M30-5 60 100M150-5l-25 106M-5 25l220 14" stroke="#fff" stroke-width="5" fill="none"/><path d="M105 66s-17-18-17-31a17 17 0 0 1 34 0c0 13-17 31-17 31z" fill="#c8432d"/><circle cx="105" cy="35" r="6.5" fill="#fff"/></svg>';
  box.append(make("span", { textContent: name }));
  return box;
}

function drawContent(message, phone) {
  const nodes = [];
  if (message.reply_to_message) nodes.push(make("span", { className: "quote", dir: "auto", textContent: (message.reply_to_message.text || "…").slice(0, 80) }));
  if (message.forward_origin) nodes.push(make("span", { className: "quote", textContent: `Forwarded from ${message.forward_origin.sender_user_name || "someone"}` }));
  if (message.photo) {
    const photo = make("img", { className: "photo", alt: "Photo", src: `/play/files/${message.photo.at(-1).file_id}` });
    photo.onload = () => { if (photo.naturalWidth < 20) photo.classList.add("tiny"); phone.scroll(); };
    nodes.push(photo);
  }
  if (message.document) nodes.push(drawDocument(message.document, phone));
  if (message.sticker) nodes.push(make("div", { className: "sticker", textContent: message.sticker.emoji || "🙂" }));
  if (message.voice) nodes.push(make("div", { className: "voice", role: "img", ariaLabel: `Voice message, ${message.voice.duration} seconds` }, make("i"), make("b"), make("small", { textContent: `0:0${message.voice.duration}` })));
  if (message.video) nodes.push(make("div", { textContent: "🎬 Video" }));
  if (message.location) nodes.push(drawPlace(message.location));
  if (message.contact) nodes.push(make("div", {}, `👤 ${message.contact.first_name} · ${message.contact.phone_number}`));
  const text = message.text ?? message.caption;
  if (text) {
    const big = !message.entities && /^(\p{Extended_Pictographic}|\u200d|\ufe0f|\s){1,8}$/u.test(text);
    nodes.push(make("div", { className: big ? "text big" : "text", dir: "auto" }, ...rich(text, message.entities || message.caption_entities || [], phone)));
  }
  return nodes;
}

function summary(message) {
  return message.text || message.caption || message.document?.file_name || (message.photo && "Photo") || (message.location && "Location") || "New message";
}

/* ---------- a phone ---------- */

class Phone {
  constructor(view) {
    this.user = view.user;
    this.rows = new Map();
    this.acted = 0;
    this.forceComposer = false;
    this.keysHidden = false;
    this.root = $("#phone-template").content.firstElementChild.cloneNode(true);
    this.root.dataset.phone = this.user.id;
    this.root.id = `seat-${this.user.id}`;
    this.wire();
    this.fill(view);
  }

  part(name) { return $(`.${name}`, this.root); }

  wire() {
    this.part("owner-role").textContent = ROLES[this.user.role] || this.user.role;
    this.part("owner-caption").textContent = CAPTIONS[this.user.role] || "";
    const select = $("select", this.root);
    select.append(...LANGUAGES.map(([code, name]) => make("option", { value: code, textContent: name, lang: code })));
    select.setAttribute("aria-label", `Language of ${this.user.first_name}’s phone`);
    select.onchange = () => this.send("language", { language_code: select.value });
    this.part("log").setAttribute("aria-label", `${ROLES[this.user.role]}’s chat with Lotse`);
    this.part("composer").onsubmit = (event) => { event.preventDefault(); this.submit(); };
    this.input = $("input", this.part("composer"));
    this.input.oninput = () => this.drawBars();
    this.part("start").onclick = () => this.begin();
    this.part("alert").querySelector("button").onclick = () => { this.part("alert").hidden = true; };
    this.part("banner").onclick = () => { this.part("banner").hidden = true; this.seen(); this.scroll(true); };
    this.part("keys").onclick = () => { this.keysHidden = !this.keysHidden; this.drawBars(); };
    this.popover("more", "more-menu");
    this.popover("attach", "attach-menu");
    this.popover("commands", "command-menu");
    for (const button of this.root.querySelectorAll("[data-do]")) button.onclick = () => this.menu(button.dataset.do);
    this.fillAttach();
    for (const kind of ["pointerdown", "focusin"]) this.root.addEventListener(kind, () => this.seen());
  }

  popover(buttonName, menuName) {
    const button = this.part(buttonName);
    const menu = this.part(menuName);
    button.onclick = (event) => {
      event.stopPropagation();
      const open = menu.hidden;
      closePopovers();
      menu.hidden = !open;
      button.setAttribute("aria-expanded", String(open));
      if (open) menu.querySelector("button")?.focus();
    };
  }

  fillAttach() {
    const item = (icon, label, work) => make("button", { type: "button", onclick: work }, make("span", { textContent: icon, ariaHidden: "true" }), label);
    const kinds = [["🖼️", "Photo", "photo"], ["🎤", "Voice message", "voice"], ["🙂", "Sticker", "sticker"], ["📄", "Document", "document"], ["👤", "My contact", "contact"]];
    this.part("attach-menu").append(
      ...kinds.map(([icon, label, kind]) => item(icon, label, () => this.send("send", { kind }))),
      make("hr"),
      ...PLACES.map(([name, latitude, longitude]) => item("📍", name, () => this.send("send", { kind: "location", latitude, longitude }))));
  }

  fill(view) {
    this.setUser(view.user);
    this.setCommands(view.commands);
    this.setBot(view.bot);
    this.keyboard = view.keyboard;
    for (const { row } of this.rows.values()) row.remove();
    this.rows.clear();
    this.part("log").querySelectorAll(".day").forEach((day) => day.remove());
    for (const message of view.messages.slice(-HISTORY_MAX)) this.put(message);
    this.drawBars();
    this.scroll(true);
  }

  setUser(user) {
    this.user = { ...this.user, ...user };
    const code = this.user.language_code.split("-")[0];
    const language = LANGUAGES.find(([known]) => known === code);
    $("select", this.root).value = language ? code : "en";
    this.part("owner-name").textContent = this.user.first_name;
    this.part("phone").dir = RIGHT_TO_LEFT.has(code) ? "rtl" : "ltr";
    this.input.placeholder = (language || LANGUAGES[1])[2];
    this.input.setAttribute("aria-label", `Message as ${this.user.first_name}`);
    $("[data-do=block]", this.root).textContent = this.user.blocked ? "Unblock the bot" : "Block the bot";
    this.drawBars();
  }

  setBot(bot) {
    for (const name of this.root.querySelectorAll(".bot-name")) name.textContent = bot.name;
    this.part("empty-text").textContent = bot.description || bot.short_description || "Press START to begin.";
  }

  setCommands(commands) {
    this.commandList = commands || [];
    this.part("command-menu").replaceChildren(...this.commandList.map(({ command, description }) => make("button", {
      type: "button", onclick: () => this.say(`/${command}`),
    }, make("b", { textContent: `/${command}`, dir: "ltr" }), make("small", { textContent: description, dir: "auto" }))));
    this.drawBars();
  }

  /* what the person does */

  async send(what, body = {}) {
    this.acted = Date.now();
    closePopovers();
    try {
      return await post(`/play/${what}`, { user_id: this.user.id, ...body });
    } catch (error) {
      this.toast(error.message);
      return null;
    }
  }

  say(text) { return this.send("say", { text }); }

  open(address) {
    show(this.user.id);
    return this.send("open", { link: address });
  }

  submit() {
    const text = this.input.value;
    if (!text.trim()) return;
    this.input.value = "";
    this.forceComposer = false;
    this.drawBars();
    this.say(text);
  }

  begin() {
    return this.user.blocked ? this.send("unblock") : this.send("open", { payload: "" });
  }

  /** Writes a text into the input, as if typed, and leaves sending it to the person. */
  propose(text) {
    show(this.user.id);
    this.forceComposer = true;
    this.input.value = text;
    this.drawBars();
    this.input.focus();
    this.part("send").classList.remove("ready");
    requestAnimationFrame(() => this.part("send").classList.add("ready"));
  }

  async menu(action) {
    closePopovers();
    if (action === "delete_chat") {
      const yes = await ask("Delete this chat?", "It disappears from this phone. The bot keeps what it has.", "Delete");
      if (yes) await this.send("delete_chat");
    } else {
      await this.send(this.user.blocked ? "unblock" : "block");
    }
  }

  async tap(message, row, col, button, element) {
    if (button.url) { follow(button.url); return; }
    if (button.copy_text) { await navigator.clipboard?.writeText(button.copy_text.text).catch(() => {}); this.toast("Copied"); return; }
    element.classList.add("busy");
    await this.send("tap", { message_id: message.message_id, row, col });
    if (this.user.role === "client" && journey.reminded) { journey.answered = true; drawTour(); }
    setTimeout(() => element.classList.remove("busy"), 6000);
  }

  /* what arrives */

  put(message) {
    if (message.deleted) { this.rows.get(message.message_id)?.row.remove(); this.rows.delete(message.message_id); return; }
    const row = this.drawRow(message);
    const known = this.rows.get(message.message_id);
    if (known) known.row.replaceWith(row);
    else { this.dayLine(message); this.part("log").append(row); }
    this.rows.set(message.message_id, { row, message });
    if (this.rows.size > HISTORY_MAX) {
      const [oldest, { row: first }] = this.rows.entries().next().value;
      first.remove();
      this.rows.delete(oldest);
    }
  }

  drawRow(message) {
    const edited = message.edit_date ? make("span", { textContent: "edited" }) : null;
    const bubble = make("div", { className: "bubble" }, ...drawContent(message, this),
      make("div", { className: "meta" }, edited, make("time", { dateTime: new Date(message.date * 1000).toISOString(), textContent: formats.time.format(message.date * 1000) })));
    const rows = message.reply_markup?.inline_keyboard || [];
    const buttons = rows.length ? make("div", { className: "buttons", role: "group", ariaLabel: "Answers" }, ...rows.map((line, row) => make("div", {}, ...line.map((button, col) => {
      const element = make("button", { type: "button", textContent: button.text, dir: "auto", className: button.url ? "away" : "" });
      element.onclick = () => this.tap(message, row, col, button, element);
      return element;
    })))) : null;
    const wide = rows.some((line) => line.length > 1) || rows.length > 2;
    return make("div", { className: `row${message.from_bot ? "" : " mine"}${wide ? " wide" : ""}`, id: `m-${message.chat.id}-${message.message_id}` }, bubble, buttons);
  }

  dayLine(message) {
    const day = formats.short.format(message.date * 1000);
    const lines = this.part("log").querySelectorAll(".day");
    if (lines.length && lines[lines.length - 1].textContent === day) return;
    this.part("log").append(make("div", { className: "day", textContent: day }));
  }

  receive(event, { message, keyboard }) {
    this.keyboard = keyboard;
    if (event === "message" && message.reply_keyboard) this.keysHidden = false;
    this.put(message);
    this.drawBars();
    this.busy("");
    if (event === "deleted") return;
    if (event === "edited") { this.rows.get(message.message_id)?.row.classList.add("flash"); return; }
    this.scroll(true);
    if (!message.from_bot) { this.drawNotes(this.notes || []); return; }
    if (this.user.role === "client" && journey.moved) journey.reminded = true;
    if (this.user.role === "coordinator" && journey.answered) journey.returned = true;
    if (Date.now() - this.acted > OWN_ACTION_MS && !message.silent) this.notify(summary(message));
  }

  notify(text) {
    this.part("owner-dot").hidden = false;
    $(`#tab-${this.user.id}`)?.classList.add("unread");
    this.part("banner-text").textContent = text;
    this.part("banner").hidden = false;
    clearTimeout(this.bannerTimer);
    this.bannerTimer = setTimeout(() => { this.part("banner").hidden = true; }, 6000);
  }

  seen() {
    this.part("owner-dot").hidden = true;
    $(`#tab-${this.user.id}`)?.classList.remove("unread");
  }

  answer({ text, show_alert: alert, url, message_id: id }) {
    this.rows.get(id)?.row.querySelectorAll(".busy").forEach((button) => button.classList.remove("busy"));
    if (url) follow(url);
    if (!text) return;
    if (!alert) { this.toast(text); return; }
    $("p", this.part("alert")).textContent = text;
    this.part("alert").hidden = false;
    $("button", this.part("alert")).focus();
  }

  toast(text) {
    const toast = this.part("toast");
    toast.textContent = text;
    toast.hidden = false;
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => { toast.hidden = true; }, 3500);
  }

  busy(action) {
    const state = this.part("bot-state");
    state.textContent = action === "typing" ? "typing…" : action ? "sending…" : "bot";
    state.classList.toggle("busy", Boolean(action));
    clearTimeout(this.busyTimer);
    if (action) this.busyTimer = setTimeout(() => this.busy(""), 5000);
  }

  clear() {
    this.keyboard = null;
    this.fill({ user: this.user, commands: this.commandList, bot: { name: this.part("bot-name").textContent, description: this.part("empty-text").textContent }, keyboard: null, messages: [] });
  }

  scroll(always = false) {
    const log = this.part("log");
    if (always || log.scrollHeight - log.scrollTop - log.clientHeight < 240) requestAnimationFrame(() => { log.scrollTop = log.scrollHeight; });
  }

  /** START, or the composer with what belongs to it. */
  drawBars() {
    const fresh = this.rows.size === 0 && !this.forceComposer && !this.input.value;
    const start = this.part("start");
    start.hidden = !(fresh || this.user.blocked);
    start.textContent = this.user.blocked ? "UNBLOCK" : "START";
    this.part("composer").hidden = !start.hidden;
    this.part("commands").hidden = !(this.commandList || []).length;
    if (!this.input.value) this.part("send").classList.remove("ready");
    const rows = this.keyboard?.keyboard || [];
    this.part("keys").hidden = !rows.length;
    this.part("keyboard").hidden = !rows.length || this.keysHidden || !start.hidden;
    this.part("keyboard").replaceChildren(...rows.map((line) => make("div", {}, ...line.map((button) => make("button", {
      type: "button", textContent: button.text, dir: "auto", onclick: () => this.send("press", { text: button.text }),
    })))));
  }

  drawNotes(notes) {
    this.notes = notes;
    const used = (note) => this.said((text) => text.startsWith("/start ") && note.link.endsWith(`=${text.slice(7)}`));
    const mine = notes.filter((note) => [this.user.role, String(this.user.id)].includes(note.phone) && !used(note));
    this.part("owner-notes").replaceChildren(...mine.map((note) => make("div", { className: "note" },
      make("span", { textContent: note.title || "An invitation" }),
      make("button", { type: "button", textContent: "Open invitation", onclick: () => (isBotLink(note.link) ? this.open(note.link) : follow(note.link)) }))));
  }

  said(matches) {
    return [...this.rows.values()].some(({ message }) => !message.from_bot && matches(message.text || ""));
  }

  gaveLink() {
    return [...this.rows.values()].some(({ message }) => message.from_bot && JSON.stringify(message).includes("start="));
  }

  fromBot() { return [...this.rows.values()].filter(({ message }) => message.from_bot).length; }
}

function closePopovers() {
  document.querySelectorAll(".popover").forEach((menu) => { menu.hidden = true; });
  document.querySelectorAll("[aria-expanded=true]").forEach((button) => button.setAttribute("aria-expanded", "false"));
}

/* ---------- around the phones ---------- */

const byRole = (role) => [...phones.values()].find((phone) => phone.user.role === role);
const invited = (phone) => phone.said((text) => /^\/start \S+/.test(text));
const connected = () => phones.size > 0 && invited(byRole("client"));

function drawTour() {
  const client = byRole("client");
  const coordinator = byRole("coordinator");
  if (!client || !coordinator) return;
  const done = [
    invited(coordinator), client.said((text) => text.startsWith("/start")) && client.fromBot() > 1,
    client.said((text) => text && !text.startsWith("/")), coordinator.gaveLink(), connected(),
    journey.moved, journey.answered, journey.returned,
  ];
  const next = done.indexOf(false);
  $("#tour-progress").textContent = `${done.filter(Boolean).length} of ${TOUR.length}`;
  [...$("#tour").children].forEach((item, index) => {
    item.className = done[index] ? "done" : index === next ? "next" : "";
    item.ariaLabel = done[index] ? `${TOUR[index]} Done.` : TOUR[index];
  });
}

function show(id) {
  for (const phone of phones.values()) {
    const shown = phone.user.id === id;
    phone.root.classList.toggle("shown", shown);
    $(`#tab-${phone.user.id}`).setAttribute("aria-selected", String(shown));
    if (shown) phone.scroll(true);
  }
}

function setStatus() {
  const status = $("#status");
  if (status.classList.contains("off")) return;
  status.classList.toggle("on", botSeen);
  status.textContent = botSeen ? "The bot is connected." : "Waiting for the bot to connect…";
}

function draw(state) {
  botSeen = state.bot_seen;
  if ([...phones.keys()].join() !== state.phones.map((view) => view.user.id).join()) {
    phones.clear();
    $("#phones").replaceChildren();
    $("#tabs").replaceChildren();
    for (const view of state.phones) {
      const phone = new Phone(view);
      phones.set(view.user.id, phone);
      $("#phones").append(phone.root);
      $("#tabs").append(make("button", { type: "button", role: "tab", id: `tab-${view.user.id}`, textContent: ROLES[view.user.role] || view.user.first_name, onclick: () => { show(view.user.id); phone.seen(); } }));
    }
    show(state.phones[0]?.user.id);
  } else {
    for (const view of state.phones) phones.get(view.user.id).fill(view);
  }
  for (const phone of phones.values()) { phone.drawNotes(state.notes); phone.scroll(true); }
  setClock(state.clock);
  setStatus();
}

/** Fetches how things stand; again when events overtook the answer, which would take them back. */
async function refresh() {
  for (;;) {
    const state = await (await fetch("/play/state")).json();
    if (state.event >= lastEvent) { draw(state); return; }
  }
}

function refreshSoon() {
  clearTimeout(refreshTimer);
  refreshTimer = setTimeout(() => refresh().catch(() => {}), 150);
}

function listen() {
  const source = new EventSource("/play/events");
  const on = (name, work) => source.addEventListener(name, (event) => {
    lastEvent = Number(event.lastEventId) || lastEvent;
    work(JSON.parse(event.data));
    drawTour();
  });
  const phone = (data) => phones.get(data.chat_id ?? data.id);
  source.onopen = () => { lastEvent = 0; $("#status").classList.remove("off"); refreshSoon(); };
  source.onerror = () => {
    $("#status").classList.add("off");
    $("#status").textContent = "The playground has ended. Start it again; the page comes back by itself.";
  };
  for (const name of ["message", "edited", "deleted"]) on(name, (data) => phone(data)?.receive(name, data));
  on("answer", (data) => phone(data)?.answer(data));
  on("action", (data) => phone(data)?.busy(data.action));
  on("cleared", (data) => phone(data)?.clear());
  on("user", (data) => { phone(data)?.setUser(data); if (data.commands) phone(data)?.setCommands(data.commands); });
  on("clock", setClock);
  on("notes", ({ notes }) => phones.forEach((one) => one.drawNotes(notes)));
  on("bot", () => { botSeen = true; setStatus(); });
  on("profile", refreshSoon);
  on("reset", () => { Object.keys(journey).forEach((name) => { journey[name] = false; }); refreshSoon(); });
}

function begin() {
  $("#examples").append(...EXAMPLES.map((text) => make("li", {}, make("button", {
    type: "button", dir: "auto", textContent: text, onclick: () => byRole("client").propose(text),
  }))));
  $("#tour").append(...TOUR.map((text) => make("li", { textContent: text })));
  if (window.matchMedia("(max-width: 1240px)").matches) $("#tour-box").open = false;
  for (const button of document.querySelectorAll("[data-advance]")) {
    button.onclick = () => post("/clock", { advance_seconds: Number(button.dataset.advance) });
  }
  $("#next-morning").onclick = () => post("/clock", { advance_seconds: untilMorning() });
  $("#reset").onclick = async () => {
    const yes = await ask("Start over?", "All chats are emptied and the clock goes back to now. What the bot has stored stays.", "Start over");
    if (yes) await post("/play/reset");
  };
  document.addEventListener("click", (event) => { if (!event.target.closest(".popover")) closePopovers(); });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") closePopovers(); });
  setInterval(drawClock, 1000);
  listen();
}

begin();
