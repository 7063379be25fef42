/** What the user can mend: the message says where it is and what to do, and no stack is shown. */
export class Problem extends Error {
  override readonly name = "Problem";
}
