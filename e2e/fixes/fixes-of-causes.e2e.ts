import { CAUSE_FIXES } from "./fix-table.ts";
import { followFixes } from "./follow-fixes.ts";

followFixes(CAUSE_FIXES);
