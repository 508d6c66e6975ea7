/*
 * app.js - small helps for people whose browser runs scripts. Every page works without it.
 *   data-confirm="…"     asks before a form is sent or a link followed
 *   form[data-once]      is sent once: its buttons say 正在提交 until the answer comes
 *   data-copy="#id"      copies the text of an element; the button says 已复制
 *   data-print           prints the page
 *                        (both kinds of button are sent hidden and shown by this script)
 *   .chart[data-chart]   is drawn as bars from the table that follows it
 *   [data-job="url"]     follows long work: asks its address until it has ended, then reloads
 *   [data-refresh]       an answer on which other questions depend: the form is drawn anew when it
 *                        changes, as the button .refresh does without this script; so are rows that
 *                        come and go
 *   [data-key="a"]       a key that presses or fills data-target, or moves (data-move) to the next or
 *                        the one before among the links of [data-rows]; only while the focus is in
 *                        the page's main part and not in a field (WCAG 2.1.4)
 *   [data-queue]         the links of the table beside it are reached by j and k
 *   .error-summary       receives the focus when a page or a part of it arrives
 * No inline code, no eval, no storage; the only requests of its own are those of
 * [data-job] and [data-refresh].
 */
(function () {
  "use strict";

  function closest(event, selector) {
    return event.target instanceof Element ? event.target.closest(selector) : null;
  }

  function sayFor(button, text, milliseconds) {
    var before = button.textContent;
    button.textContent = text;
    window.setTimeout(function () {
      button.textContent = before;
    }, milliseconds);
  }

  function copyText(button) {
    var source = document.querySelector(button.getAttribute("data-copy"));
    if (!source || !navigator.clipboard) {
      return;
    }
    navigator.clipboard.writeText((source.value || source.textContent).trim()).then(
      function () {
        sayFor(button, "已复制", 2000);
      },
      function () {
        sayFor(button, "复制失败，请手动选中", 3000);
      }
    );
  }

  function release(form) {
    delete form.dataset.sent;
    form.querySelectorAll("button[data-text]").forEach(function (button) {
      button.textContent = button.dataset.text;
      delete button.dataset.text;
      button.removeAttribute("aria-disabled");
    });
  }

  /* aria-disabled and not disabled: a disabled button would not be sent with its form. */
  function hold(form, submitter) {
    form.dataset.sent = "yes";
    if (submitter && submitter.tagName === "BUTTON") {
      submitter.dataset.text = submitter.textContent;
      submitter.textContent = "正在提交…";
      submitter.setAttribute("aria-disabled", "true");
    }
  }

  document.addEventListener("submit", function (event) {
    var form = event.target;
    var question =
      (event.submitter && event.submitter.getAttribute("data-confirm")) ||
      form.getAttribute("data-confirm");
    if (form.dataset.sent || (question && !window.confirm(question))) {
      event.preventDefault();
      return;
    }
    if (form.hasAttribute("data-once")) {
      hold(form, event.submitter);
    }
  });

  document.addEventListener("click", function (event) {
    var copier = closest(event, "[data-copy]");
    var printer = closest(event, "[data-print]");
    var link = closest(event, "a[data-confirm]");
    if (copier) {
      copyText(copier);
    } else if (printer) {
      window.print();
    } else if (link && !window.confirm(link.getAttribute("data-confirm"))) {
      event.preventDefault();
    }
  });

  function focusErrors(root) {
    var summary = root.querySelector(".error-summary");
    if (summary) {
      summary.focus();
    }
  }

  document.addEventListener("htmx:afterRequest", function (event) {
    var form = closest(event, "form[data-sent]");
    if (form) {
      release(form);
    }
  });
  document.addEventListener("htmx:afterSwap", function (event) {
    focusErrors(event.target);
  });
  /* Coming back with the browser's back button must not leave a form locked. */
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(release);
  });

  /* ---- long work: asks how far it is, and shows the page again when it has ended ---- */

  function followJob(meter) {
    var words = meter.querySelector("span");
    var bar = meter.querySelector("progress");
    window.fetch(meter.getAttribute("data-job"), { credentials: "same-origin" }).then(
      function (answer) {
        return answer.json();
      }
    ).then(
      function (page) {
        var job = page.job;
        if (!job || (job.state !== "waiting" && job.state !== "running")) {
          window.location.reload();
          return;
        }
        if (words.textContent !== job.words) {
          words.textContent = job.words;
        }
        if (job.total > 0) {
          bar.max = job.total;
          bar.value = job.done;
        }
        window.setTimeout(followJob, 500, meter);
      },
      function () {
        window.setTimeout(followJob, 3000, meter);
      }
    );
  }

  document.querySelectorAll("[data-job]").forEach(function (meter) {
    window.setTimeout(followJob, 300, meter);
  });
  /* ---- forms that are drawn anew with what was typed ---- */

  /* What was typed while the answer was on its way is put into the new form. */
  function keepTyping(form, fresh, sent) {
    form.querySelectorAll("input[id], textarea[id], select[id]").forEach(function (old) {
      var next = fresh.querySelector("#" + window.CSS.escape(old.id));
      var isText = old.type !== "radio" && old.type !== "checkbox" && old.type !== "file";
      if (next && isText && old.value !== sent.get(old.name)) {
        next.value = old.value;
      }
    });
  }

  function focusAgain(id, name, value) {
    var next = id && document.getElementById(id);
    if (!next && name) {
      next = document.querySelector(
        '[name="' + window.CSS.escape(name) + '"][value="' + window.CSS.escape(value) + '"]'
      );
    }
    if (next) {
      next.focus({ preventScroll: true });
    }
  }

  function redraw(form, act, focus) {
    var data = new FormData(form);
    if (form.dataset.sent) {
      return;
    }
    data.set("form_act", act);
    form.setAttribute("aria-busy", "true");
    window
      .fetch(form.action, {
        method: "POST",
        body: form.enctype === "multipart/form-data" ? data : new URLSearchParams(data),
        credentials: "same-origin"
      })
      .then(function (answer) {
        return answer.text();
      })
      .then(
        function (text) {
          var page = new DOMParser().parseFromString(text, "text/html");
          var fresh = form.id && page.getElementById(form.id);
          if (!fresh) {
            form.removeAttribute("aria-busy");
            return;
          }
          var now = form.contains(document.activeElement) ? document.activeElement : focus;
          keepTyping(form, fresh, data);
          form.replaceWith(fresh);
          focusAgain(now.id, now.name, now.value);
        },
        function () {
          form.removeAttribute("aria-busy");
        }
      );
  }

  document.addEventListener("change", function (event) {
    var asked = closest(event, "[data-refresh]");
    var form = asked && asked.closest("form");
    if (form) {
      redraw(form, "refresh", event.target);
    }
  });

  document.addEventListener("click", function (event) {
    var button = closest(event, 'button[name="form_act"]');
    var form = button && button.form;
    if (form && /^(add|drop|find):/.test(button.value)) {
      event.preventDefault();
      redraw(form, button.value, button);
    }
  });
  document.documentElement.classList.add("scripted");

  /* ---- a queue from the keyboard: j and k move from row to row, Enter opens ---- */

  document.addEventListener("keydown", function (event) {
    var step = { j: 1, k: -1 }[event.key];
    var queue = document.querySelector("[data-queue]");
    var isTyping = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if (!queue || !step || isTyping || event.ctrlKey || event.altKey || event.metaKey) {
      return;
    }
    var links = Array.prototype.slice.call(
      queue.parentElement.querySelectorAll("tbody a")
    );
    var at = links.indexOf(document.activeElement);
    var next = links[at < 0 ? 0 : Math.min(Math.max(at + step, 0), links.length - 1)];
    if (next) {
      next.focus();
    }
  });

  /* ---- bars: label and value are the first two cells of each row ---- */

  function shape(name, attributes, text) {
    var node = document.createElementNS("http://www.w3.org/2000/svg", name);
    Object.keys(attributes).forEach(function (key) {
      node.setAttribute(key, attributes[key]);
    });
    if (text !== undefined) {
      node.textContent = text;
    }
    return node;
  }

  function rowsOf(table) {
    return Array.prototype.map
      .call(table.tBodies[0].rows, function (row) {
        return {
          label: row.cells[0].textContent.trim(),
          text: row.cells[1] ? row.cells[1].textContent.trim() : "",
          value: row.cells[1] ? parseFloat(row.cells[1].textContent.replace(/[^0-9.-]/g, "")) : NaN
        };
      })
      .filter(function (row) {
        return row.value >= 0;
      });
  }

  function drawBars(chart) {
    var wrap = chart.nextElementSibling;
    var table = wrap && wrap.querySelector("table");
    var rows = table && table.tBodies[0] ? rowsOf(table) : [];
    var most = rows.reduce(function (max, row) {
      return Math.max(max, row.value);
    }, 0);
    if (most <= 0) {
      return;
    }
    /* As wide as the page gives it, so that letters keep their size; a label that does not fit
     * above its neighbour's place is left to the table. */
    chart.appendChild(document.createTextNode(" "));
    var width = chart.clientWidth;
    var height = 180;
    var step = Math.min(120, width / rows.length);
    var every = Math.ceil(60 / step);
    var svg = shape("svg", {
      width: width,
      height: height + 50,
      role: "img",
      "aria-label": chart.getAttribute("data-title") || "柱状图，数字见下表"
    });
    rows.forEach(function (row, i) {
      var bar = (row.value / most) * height;
      var middle = step * (i + 0.5);
      var left = middle - step * 0.3;
      svg.appendChild(
        shape("rect", { x: left, y: 22 + height - bar, width: step * 0.6, height: bar, rx: 2 })
      );
      if (i % every === 0) {
        svg.appendChild(shape("text", { x: middle, y: 16 + height - bar }, row.text));
        svg.appendChild(shape("text", { x: middle, y: height + 42 }, row.label));
      }
    });
    svg.appendChild(shape("line", { x1: 0, x2: width, y1: height + 22.5, y2: height + 22.5 }));
    chart.replaceChildren(svg);
  }

  function moveTo(direction) {
    var links = Array.prototype.slice.call(document.querySelectorAll("[data-rows] a"));
    var here = links.indexOf(document.activeElement);
    if (here < 0) {
      here = links.findIndex(function (link) {
        return link.getAttribute("aria-current") === "true";
      });
    }
    var link = links[here + (direction === "next" ? 1 : -1)];
    if (link) {
      link.focus();
    }
  }

  function pressFor(key) {
    var target = document.querySelector(key.getAttribute("data-target"));
    if (!target) {
      return;
    }
    if (target.tagName === "BUTTON") {
      target.click();
    } else {
      target.focus();
    }
  }

  function onKey(event) {
    var element = event.target;
    var isTyping = element.closest("input, textarea, select") !== null;
    if (event.ctrlKey || event.altKey || event.metaKey || isTyping || !element.closest("main")) {
      return;
    }
    var key = document.querySelector('[data-key="' + CSS.escape(event.key) + '"]');
    if (key) {
      event.preventDefault();
      if (key.hasAttribute("data-move")) {
        moveTo(key.getAttribute("data-move"));
      } else {
        pressFor(key);
      }
    }
  }

  /* A page with keys of its own takes the focus, so that they work at once; a message stays first. */
  function keysBegin() {
    var main = document.querySelector("main");
    if (!main || !document.querySelector("[data-key]")) {
      return;
    }
    document.addEventListener("keydown", onKey);
    if (!document.querySelector(".error-summary")) {
      main.setAttribute("tabindex", "-1");
      main.focus({ preventScroll: true });
    }
  }

  document.querySelectorAll(".chart[data-chart]").forEach(drawBars);
  keysBegin();
  document.querySelectorAll("[data-copy][hidden], [data-print][hidden]").forEach(function (button) {
    button.hidden = false;
  });
  focusErrors(document);
})();
