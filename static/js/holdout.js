// While a holdout runs: draws, for this page load alone, whether the banner is shown. A plain script
// before the banner, so that nothing is seen to come or go.
(() => {
  const share = Number(document.currentScript?.dataset.share);
  document.documentElement.dataset.arm = Math.random() * 100 < share ? "held" : "shown";
})();
