// The second frame is the first one a person could have seen.
requestAnimationFrame(() =>
  requestAnimationFrame(() => {
    document.body.dataset.ready = "";
    window.__TAURI__.core.invoke("ready");
  }),
);
