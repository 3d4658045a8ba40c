"use strict";
document.body.style.margin = "0";
Redoc.init(document.body.dataset.document, { hideLoading: true, nativeScrollbars: true }, document.getElementById("viewer"));
