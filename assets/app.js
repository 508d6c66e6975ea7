/*
 * app.js - small helps for people whose browser runs scripts. Every page works without it.
 *   data-confirm="…"     asks before a form is sent or a link followed
 *   form[data-once]      is sent once: its buttons say 正在提交 until the answer comes
 *   data-copy="#id"      copies the text of an element; the button says 已复制
 *   data-print           prints the page
 *                        (both kinds of button are sent hidden and shown by this script)
 *   .error-summary       receives the focus when a page or a part of it arrives
 * No inline code, no eval, no storage, no request of its own.
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
  document.querySelectorAll("[data-copy][hidden], [data-print][hidden]").forEach(function (button) {
    button.hidden = false;
  });
  focusErrors(document);
})();
