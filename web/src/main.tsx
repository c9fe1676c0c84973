import "uplot/dist/uPlot.min.css";
import "./style/base.css";
import "./style/controls.css";
import "./style/grid.css";
import "./style/timeline.css";
import "./style/views.css";
import "./style/story.css";
import "./style/scroll.css";
import { render } from "preact";
import { findToken } from "./api/token";
import { App } from "./app";

const home = document.getElementById("app");
if (home) findToken().then(() => render(<App />, home));
