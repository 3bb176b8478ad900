import { LIMIT_FIXES } from "./fix-table.ts";
import { followFixes } from "./follow-fixes.ts";

followFixes(LIMIT_FIXES);
