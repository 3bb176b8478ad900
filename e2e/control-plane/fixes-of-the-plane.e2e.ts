import { afterAll } from "vitest";
import { followFixes } from "../fixes/follow-fixes.ts";
import { closeWorld } from "./fixes/plane-fix.ts";
import { PLANE_FIXES } from "./fixes/plane-fix-table.ts";

followFixes(PLANE_FIXES);
afterAll(closeWorld);
