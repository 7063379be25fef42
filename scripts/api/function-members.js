// A plugin of typedoc: what is a member of a function, such as `fwht.plan`, becomes an entry beside it, which the pages would leave out.

/** The number of typedoc for the kind of a function. */
const FUNCTION = 64;

/**
 * What is used of a reflection of typedoc.
 * @typedef {object} Reflection
 * @property {string} name
 * @property {number} kind
 * @property {Reflection} parent
 * @property {Reflection[]} [children]
 * @property {{ name: string }[]} [signatures]
 * @property {(child: Reflection) => void} addChild
 */

/**
 * What is used of typedoc.
 * @typedef {object} Application
 * @property {{ on(event: "resolveBegin", listener: (context: Context) => void): void }} converter
 */

/** @typedef {{ project: { getReflectionsByKind(kind: number): Reflection[] } }} Context */

/** @param {Application} app */
export function load(app) {
  app.converter.on("resolveBegin", ({ project }) => {
    for (const owner of project.getReflectionsByKind(FUNCTION)) {
      for (const member of owner.children ?? []) {
        member.name = `${owner.name}.${member.name}`;
        for (const signature of member.signatures ?? []) signature.name = member.name;
        member.kind = FUNCTION;
        member.parent = owner.parent;
        owner.parent.addChild(member);
      }
      delete owner.children;
    }
  });
}
