import { START_FIXES } from "./fix-table.ts";
import { followFixes } from "./follow-fixes.ts";

followFixes(START_FIXES);
