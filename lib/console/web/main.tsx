import { render } from "preact";
import "uplot/dist/uPlot.min.css";
import "./console.css";
import "./parts.css";
import { App } from "./app.tsx";
import { applyTheme, savedTheme } from "./page/theme.ts";

applyTheme(savedTheme());
const root = document.getElementById("console");
if (root !== null) render(<App />, root);
