// Where the page begins. It refuses to do anything else.

import { take } from "./files.js";
import { start } from "./page.js";

window.explorerSite = { take };
start();
