// The page is readable without this script; it adds search, sort, copy and downloads.
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const FORMULA = /^\s*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

  const make = (name, attributes = {}, text = "") => {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.textContent = text;
    return node;
  };

  let clearing;
  const say = (message) => {
    $("#live").textContent = message;
    clearTimeout(clearing);
    clearing = setTimeout(() => { $("#live").textContent = ""; }, 3500);
  };

  const button = (text, label, act) => {
    const node = make("button", { type: "button", "aria-label": label }, text);
    node.addEventListener("click", act);
    return node;
  };

  const download = (name, blob) => {
    const link = make("a", { href: URL.createObjectURL(blob), download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    say(`Saved ${name}`);
  };

  // ---- theme and print
  const root = document.documentElement;
  const remember = (theme) => { try { localStorage.setItem("vesicle-theme", theme); } catch { /* not allowed for files */ } };
  const isDark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  try { const theme = localStorage.getItem("vesicle-theme"); if (theme) root.dataset.theme = theme; } catch { /* not allowed for files */ }
  const theme = button("", "Dark colours", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    remember(root.dataset.theme);
    label();
  });
  const label = () => {
    theme.textContent = isDark() ? "Light" : "Dark";
    theme.setAttribute("aria-label", isDark() ? "Light colours" : "Dark colours");
  };
  label();
  $("#page-tools").append(theme, button("Print", "Print or save as PDF", () => window.print()));
  const openAll = () => all("details").forEach((node) => { node.open = true; });
  window.addEventListener("beforeprint", openAll);
  matchMedia("print").addEventListener("change", (event) => { if (event.matches) openAll(); });

  // ---- CSV
  const written = (name) => {
    const holder = all("script[data-csv]").find((node) => node.dataset.csv === name);
    return holder ? JSON.parse(holder.textContent) : null;
  };
  const harmless = (text, isNumber) => (!isNumber && FORMULA.test(text) ? `'${text}` : text);
  const quoted = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const shownText = (cell) => cell.innerText.trim().replace(/\s+/g, " ");
  const isNumber = (cell) => cell.classList.contains("num");
  const rowsAsText = (table, isShown) => {
    const rows = [all("thead th", table), ...all("tbody tr", table).filter(isShown).map((row) => [...row.cells])];
    return rows.map((cells) => cells.map((cell) => harmless(shownText(cell), isNumber(cell))));
  };
  const saveCsv = (name, table) => {
    const text = written(name) ?? rowsAsText(table, () => true).map((row) => row.map(quoted).join(",")).join("\r\n");
    download(`${name}.csv`, new Blob(["\ufeff", text], { type: "text/csv" }));
  };

  // ---- tables
  const copy = async (text) => {
    try { await navigator.clipboard.writeText(text); return true; } catch { /* older browsers and files */ }
    const area = make("textarea", { "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  };

  const keyOf = (cell) => {
    const number = cell.dataset.s === undefined ? NaN : Number(cell.dataset.s);
    return { number, text: shownText(cell).toLocaleLowerCase() };
  };
  const compare = (a, b) => {
    if (!Number.isNaN(a.number) && !Number.isNaN(b.number)) return a.number - b.number;
    if (Number.isNaN(a.number) !== Number.isNaN(b.number)) return Number.isNaN(a.number) ? 1 : -1;
    return a.text.localeCompare(b.text, "en", { numeric: true });
  };

  const sortBy = (table, column) => {
    const heads = all("thead th", table);
    const down = heads[column].getAttribute("aria-sort") === "ascending";
    heads.forEach((head) => head.removeAttribute("aria-sort"));
    heads[column].setAttribute("aria-sort", down ? "descending" : "ascending");
    const rows = all("tbody tr", table).map((row) => [keyOf(row.cells[column]), row]);
    rows.sort(([a], [b]) => (down ? -compare(a, b) : compare(a, b)));
    $("tbody", table).append(...rows.map(([, row]) => row));
    say(`Sorted by ${shownText(heads[column])}, ${down ? "descending" : "ascending"}`);
  };

  const search = (table, words) => {
    const wanted = words.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    const rows = all("tbody tr", table);
    for (const row of rows) {
      const text = row.textContent.toLocaleLowerCase();
      row.hidden = !wanted.every((word) => text.includes(word));
    }
    say(wanted.length ? `${rows.filter((row) => !row.hidden).length} of ${rows.length} rows` : "");
  };

  const equip = (box) => {
    const { name, label: what } = box.dataset;
    const table = $("table", box);
    all("thead th", table).forEach((head, column) => {
      const sorter = make("button", { type: "button" });
      sorter.append(...head.childNodes);
      sorter.addEventListener("click", () => sortBy(table, column));
      head.append(sorter);
    });
    const field = make("input", { type: "search", placeholder: "Search", "aria-label": `Search in ${what}`, autocomplete: "off" });
    field.addEventListener("input", () => search(table, field.value));
    const tools = make("span", { class: "tools" });
    tools.append(
      field,
      button("Copy", `Copy ${what}, the rows shown`, async () => {
        const text = rowsAsText(table, (row) => !row.hidden).map((row) => row.join("\t")).join("\n");
        say((await copy(text)) ? "Copied the rows shown" : "This browser does not allow copying");
      }),
      button("CSV", `Save ${what} as CSV, all rows`, () => saveCsv(name, table)),
    );
    $(".tablehead", box).append(tools);
  };
  all(".tablebox").forEach(equip);

  // ---- figures: files have the colours for white paper, which the drawing carries as attributes
  const asText = (svg) => new XMLSerializer().serializeToString(svg);
  const DOTS_PER_INCH = 300;

  const crc = (bytes) => {
    let sum = ~0;
    for (const byte of bytes) {
      sum ^= byte;
      for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
    }
    return ~sum >>> 0;
  };
  const withResolution = async (blob) => {
    const png = new Uint8Array(await blob.arrayBuffer());
    const chunk = new Uint8Array(21);
    const view = new DataView(chunk.buffer);
    const perMetre = Math.round(DOTS_PER_INCH / 0.0254);
    view.setUint32(0, 9);
    chunk.set([112, 72, 89, 115], 4); // pHYs: pixels per metre
    view.setUint32(8, perMetre);
    view.setUint32(12, perMetre);
    chunk[16] = 1;
    view.setUint32(17, crc(chunk.subarray(4, 17)));
    const end = 33; // signature (8) and header chunk (25)
    return new Blob([png.subarray(0, end), chunk, png.subarray(end)], { type: "image/png" });
  };
  const savePng = (name, svg) => {
    const { width, height } = svg.viewBox.baseVal;
    const scale = DOTS_PER_INCH / 96;
    const image = new Image();
    image.onload = () => {
      const canvas = make("canvas");
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(height * scale);
      const context = canvas.getContext("2d");
      context.drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob(async (blob) => download(`${name}.png`, await withResolution(blob)), "image/png");
    };
    image.onerror = () => say("This browser could not draw the figure; save it as SVG");
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(asText(svg))}`;
  };

  all(".plotbox").forEach((box) => {
    const { name, label: what } = box.dataset;
    const svg = $("svg", box);
    const tools = make("div", { class: "plothead" });
    tools.append(
      button("SVG", `Save ${what} as SVG`, () => download(`${name}.svg`, new Blob([asText(svg)], { type: "image/svg+xml" }))),
      button("PNG", `Save ${what} as PNG, 300 dpi`, () => savePng(name, svg)),
    );
    if (written(name)) tools.append(button("CSV", `Save the numbers of ${what} as CSV`, () => saveCsv(name, null)));
    box.prepend(tools);
  });

  // ---- contents follow the reader
  const links = new Map(all(".toc a").map((link) => [link.hash.slice(1), link]));
  const watch = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      links.forEach((link) => link.removeAttribute("aria-current"));
      links.get(entry.target.id)?.setAttribute("aria-current", "true");
    }
  }, { rootMargin: "-12% 0px -80% 0px" });
  links.forEach((_, id) => { const part = document.getElementById(id); if (part) watch.observe(part); });
})();
