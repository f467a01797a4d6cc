import { render } from "preact";
import "uplot/dist/uPlot.min.css";
import "./styles/page.css";
import "./styles/lists.css";
import "./styles/plots.css";
import "./styles/details.css";
import "./styles/waterfall.css";
import "./styles/forms.css";
import "./styles/ticks.css";
import "./styles/narrow.css";
import "./styles/print.css";
import { App } from "./app.tsx";
import { escapeTexts } from "./page/printable-text.ts";
import { applyTheme, savedTheme } from "./page/theme.ts";

applyTheme(savedTheme());
escapeTexts();
const root = document.getElementById("console");
if (root !== null) render(<App />, root);
