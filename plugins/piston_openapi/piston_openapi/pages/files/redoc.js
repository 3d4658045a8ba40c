"use strict";
Redoc.init(document.body.dataset.document, { hideLoading: true, nativeScrollbars: true }, document.getElementById("viewer"));
