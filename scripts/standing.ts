// Where the user stands: paths on the command line are given from there.

/** The directory that the user stands in. npm runs its scripts in the root of the package, and says where it was called. */
export function standing(): string {
  const { npm_lifecycle_event: script, INIT_CWD: directory } = process.env;
  return script === 'ex' && directory !== undefined ? directory : process.cwd();
}
