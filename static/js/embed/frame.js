// In the frame: tells the page around it how tall it is (embed/loader.js listens), and nothing else.
const tell = () => parent.postMessage({ waylightHeight: Math.ceil(document.body.getBoundingClientRect().height) }, "*");
new ResizeObserver(tell).observe(document.body);
