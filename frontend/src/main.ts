/** Starts the application. */

import "./design/design.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { commands } from "./actions/commands.svelte";
import { startUndoable } from "./actions/undoable";
import { router } from "./routing/router.svelte";
import { overlays } from "./shell/overlays.svelte";
import { clock } from "./stores/clock.svelte";
import { network } from "./stores/network.svelte";
import { theme } from "./stores/theme.svelte";

theme.start();
router.start();
network.start();
clock.start();
commands.start();
overlays.start();
startUndoable();

const target = document.getElementById("app");
if (target) mount(App, { target });
