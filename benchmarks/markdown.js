import { markdownTable } from "markdown-table";

/**
 * A page of the documentation from the tables that a command printed.
 * @param {string} command
 * @param {string} machine
 * @param {import("./report.js").PrintedTable[]} tables
 */
export function markdown(command, machine, tables) {
  const sections = tables.map(({ title, head, numbers, rows }) => {
    const align = head.map((title) => (numbers.includes(title) ? "r" : "l"));
    return `## ${title}\n\n${markdownTable([head, ...rows.map((row) => row.map((cell) => String(cell).replaceAll("|", "\\|")))], { align })}\n`;
  });
  return [`# ${command}\n`, `${machine}. Written by the command.\n`, ...sections].join("\n");
}
