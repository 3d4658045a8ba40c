"use strict";
document.body.style.margin = "0";
(() => {
  const { document: url, page, csrfHeader } = document.body.dataset;
  const safe = /^(GET|HEAD|OPTIONS|QUERY)$/i;
  SwaggerUIBundle({
    url, dom_id: "#viewer", deepLinking: true, validatorUrl: null,
    requestInterceptor: async (request) => {
      if (safe.test(request.method ?? "GET")) return request;
      const answer = await fetch(`${page}?session`, { cache: "no-store" });
      const token = answer.ok && !answer.redirected ? (await answer.json()).token : "";
      if (token) request.headers[csrfHeader] = token;
      return request;
    },
  });
})();
