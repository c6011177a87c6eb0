// The parts of a test file: what each of its checks rests on. So a new check, or a diagnosis put right, costs the proof of
// itself and not of the whole lesson.
import { parse } from '@babel/parser';

export interface Parts {
  /** By the id of a check: its own text, and that of everything in the file that it reaches. */
  readonly checks: ReadonlyMap<string, string>;
  /** The diagnoses, with everything in the file that they reach. */
  readonly diagnoses: string;
}

/**
 * Takes a test file apart. What a check reaches is found by name: all that is declared at the top of the file and named in the
 * check, in what it names, and so on. That may be more than it needs, and is never less. A check that is not written as an
 * object with its `id` in it, but made by a function, is not in `checks`.
 */
export function partsOf(source: string): Parts {
  const { program } = parse(source, { sourceType: 'module', plugins: ['typescript'] });
  const statements = program.body as unknown as readonly Node[];
  const checks = new Map<string, Node>();
  let diagnoses: Node | undefined;
  for (const statement of statements) {
    walk(statement, (node) => {
      const id = idOfCheck(node);
      if (id !== undefined) checks.set(id, node);
      if (node.type === 'ObjectProperty' && nameOf(node['key']) === 'diagnoses') diagnoses = node;
    });
  }
  const cut = [...checks.values(), ...(diagnoses ? [diagnoses] : [])];
  const within = (node: Node) => cut.filter((piece) => covers(node, piece));
  // Where checks are put together, without them: a function around them may change what they do.
  const frames = statements.filter((statement) => within(statement).length > 0);
  // One check more or less leaves a comma and a blank: that changes no other check.
  const frame = textOf(frames, source, cut).replace(/[\s,]+/g, ' ');
  const declared = new Map(
    statements
      .filter((statement) => !frames.includes(statement) && statement.type !== 'ImportDeclaration')
      .flatMap((statement) => declaredIn(statement).map((name) => [name, statement] as const)),
  );
  const reach = (roots: readonly Node[], without: readonly Node[]): string => {
    const found = new Set<Node>();
    const follow = (node: Node, skipped: readonly Node[]) =>
      walk(
        node,
        ({ type, name }) => {
          const statement = type === 'Identifier' ? declared.get(String(name)) : undefined;
          if (!statement || found.has(statement)) return;
          found.add(statement);
          follow(statement, []);
        },
        skipped,
      );
    for (const root of roots) follow(root, []);
    for (const root of frames) follow(root, without);
    // In the order of the file, whichever was reached first.
    return textOf(
      statements.filter((statement) => found.has(statement)),
      source,
      [],
    );
  };
  const whole = (node: Node) =>
    [source.slice(node.start, node.end), frame, reach([node], cut)].join('\n');
  return {
    checks: new Map([...checks].map(([id, node]) => [id, whole(node)])),
    diagnoses: diagnoses ? whole(diagnoses) : source,
  };
}

/** A node of the syntax tree, as far as it matters here. */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [property: string]: unknown;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

/** Visits a node and all below it, but for those in `skipped`. */
function walk(node: Node, visit: (node: Node) => void, skipped: readonly Node[] = []): void {
  if (skipped.includes(node)) return;
  visit(node);
  for (const value of Object.values(node))
    for (const below of Array.isArray(value) ? (value as unknown[]) : [value])
      if (isNode(below)) walk(below, visit, skipped);
}

/** `{ id: 'echo', …, run(trial) {…} }` is a check. */
function idOfCheck({ type, properties }: Node): string | undefined {
  if (type !== 'ObjectExpression' || !Array.isArray(properties)) return undefined;
  const named = (wanted: string) =>
    (properties as Node[]).find(({ key }) => nameOf(key) === wanted);
  const id = named('id')?.['value'];
  return named('run') && isNode(id) && id.type === 'StringLiteral'
    ? String(id['value'])
    : undefined;
}

function nameOf(key: unknown): unknown {
  return isNode(key) ? key['name'] : undefined;
}

/** All names of a statement at the top of a file: those in it that are bound somewhere deeper do no harm. */
function declaredIn(statement: Node): string[] {
  const names: string[] = [];
  const declaration = isNode(statement['declaration']) ? statement['declaration'] : statement;
  const binders = [declaration['id'], ...((declaration['declarations'] ?? []) as Node[])];
  for (const binder of binders)
    if (isNode(binder))
      walk(isNode(binder['id']) ? binder['id'] : binder, ({ type, name }) => {
        if (type === 'Identifier') names.push(String(name));
      });
  return names;
}

function covers(outer: Node, inner: Node): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

/** The text of nodes, without that of the pieces that are cut out of it. */
function textOf(nodes: readonly Node[], source: string, cut: readonly Node[]): string {
  return nodes
    .map((node) => {
      let text = '';
      let from = node.start;
      for (const piece of cut
        .filter((one) => covers(node, one))
        .sort((a, b) => a.start - b.start)) {
        text += source.slice(from, piece.start);
        from = piece.end;
      }
      return text + source.slice(from, node.end);
    })
    .join('\n');
}
