// Drawing a signature: strokes of points, sent as data; without this file one signs by follow code.
"use strict";
document.querySelectorAll("[data-pad]").forEach((pad) => {
  const canvas = pad.querySelector("canvas");
  const sent = pad.closest("form").querySelector("[data-strokes]");
  const pen = canvas.getContext("2d");
  let strokes = [];
  let drawing = false;
  pad.hidden = false;
  pen.lineWidth = 5;
  pen.lineCap = "round";
  pen.lineJoin = "round";
  const point = (event) => {
    const box = canvas.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * canvas.width;
    const y = ((event.clientY - box.top) / box.height) * canvas.height;
    return [Math.min(canvas.width, Math.max(0, Math.round(x))), Math.min(canvas.height, Math.max(0, Math.round(y)))];
  };
  const draw = () => {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    strokes.forEach((line) => {
      pen.beginPath();
      line.forEach(([x, y], place) => (place ? pen.lineTo(x, y) : pen.moveTo(x, y)));
      pen.stroke();
    });
    sent.value = strokes.length ? JSON.stringify(strokes) : "";
  };
  canvas.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    drawing = true;
    strokes.push([point(event)]);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    strokes[strokes.length - 1].push(point(event));
    draw();
  });
  ["pointerup", "pointercancel"].forEach((name) => canvas.addEventListener(name, () => { drawing = false; draw(); }));
  pad.querySelector("[data-clear]").addEventListener("click", () => { strokes = []; draw(); });
  draw();
});
