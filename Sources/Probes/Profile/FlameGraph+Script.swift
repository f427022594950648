extension FlameGraph {
    static let style = """
        text { font: 12px monospace; fill: #000 } .title { font: bold 16px sans-serif }
        .button { text-anchor: end; cursor: pointer; fill: #06c } #boxes svg { cursor: pointer }
        #boxes svg:hover rect { stroke: #000; stroke-width: 2 } .caller { opacity: .5 }
        .found rect { fill: #f0f }
        """

    /// Places are in percent of the whole, so that the window may have any width. Names reach the
    /// document as text only.
    static let script = """

        "use strict";
        const root = document.documentElement, at = id => document.getElementById(id);
        const boxes = [...at("boxes").children].map(node => {
          const label = node.querySelector("text");
          const number = name => parseFloat(node.getAttribute(name));
          const detail = node.querySelector("title").textContent;
          return {node, label, detail, name: label.textContent,
                  place: detail.slice(0, detail.lastIndexOf(":")), start: number("x"), width: number("width"), y: number("y")};
        });
        const letter = boxes[0].label.getComputedTextLength() / boxes[0].name.length || 7.3;
        let view = boxes[0];

        // A name that does not fit ends in two dots; where not even those fit, there is none.
        function fitNames() {
          const whole = root.getBoundingClientRect().width;
          for (const box of boxes) {
            const share = Math.min(1, box.width / view.width);
            const room = Math.floor((whole * share - 6) / letter);
            box.label.textContent = box.name.length <= room ? box.name
              : room < 3 ? "" : box.name.slice(0, room - 2) + "..";
          }
        }

        // Shows what a function called over the whole width, and below it its callers.
        function zoom(to) {
          view = to;
          const slack = 0.001, end = to.start + to.width;
          for (const box of boxes) {
            const isCaller = box.y > to.y && box.start <= to.start + slack
              && box.start + box.width >= end - slack;
            const isInside = box.y <= to.y && box.start >= to.start - slack
              && box.start + box.width <= end + slack;
            box.node.style.display = isCaller || isInside ? "" : "none";
            box.node.classList.toggle("caller", isCaller);
            box.node.setAttribute("x", isCaller ? "0%" : (box.start - to.start) / to.width * 100 + "%");
            box.node.setAttribute("width", isCaller ? "100%" : box.width / to.width * 100 + "%");
          }
          at("reset").textContent = to === boxes[0] ? "" : "back to all: Esc";
          fitNames();
        }

        // Marks functions and says which share of everything they and what they called have.
        function search() {
          const word = prompt("functions with this in their name or file (nothing: no search)", "");
          if (word === null) return;
          const isFound = box => word !== "" && box.place.toLowerCase().includes(word.toLowerCase());
          let share = 0, end = 0;
          // Each caller comes before what it calls, and from left to right.
          for (const box of boxes) {
            box.node.classList.toggle("found", isFound(box));
            if (!isFound(box) || box.start + box.width <= end + 0.00001) continue;
            share += box.width;
            end = box.start + box.width;
          }
          at("search").textContent = word === "" ? "search: Ctrl-F"
            : word + ": " + share.toFixed(1) + " %";
        }

        for (const box of boxes) {
          box.node.addEventListener("click", () => zoom(box));
          box.node.addEventListener("mouseover", () => at("detail").textContent = box.detail);
        }
        at("search").addEventListener("click", search);
        at("reset").addEventListener("click", () => zoom(boxes[0]));
        addEventListener("resize", fitNames);
        addEventListener("keydown", event => {
          if (event.key === "Escape") zoom(boxes[0]);
          if (event.key !== "/" && !(event.key === "f" && (event.ctrlKey || event.metaKey))) return;
          event.preventDefault();
          search();
        });
        fitNames();

        """
}
