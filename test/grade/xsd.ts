// A small part of XML Schema, enough for junit-10.xsd: which elements and attributes there are, what they may hold, and
// which simple types are patterns. https://www.w3.org/TR/xmlschema-1/
import { readFileSync } from 'node:fs';
import { XMLParser } from 'fast-xml-parser';

interface Declaration {
  readonly attributes: ReadonlyMap<string, { readonly required: boolean; readonly type: string }>;
  readonly children: ReadonlySet<string>;
}

type Node = Record<string, unknown>;

/** What in an XML document is against the schema at `path`; empty if nothing is. */
export function xsdErrors(document: string, path: string): string[] {
  const [schema] = elementsOf(parse(readFileSync(path, 'utf8')));
  const parts = schema ? elementsOf(schema.content) : [];
  const declarations = new Map(
    parts
      .filter(({ name, attributes }) => name === 'xs:element' && !attributes.type?.startsWith('re'))
      .map(({ attributes, content }) => [attributes.name, declare(content)]),
  );
  const patterns = new Map(
    parts
      .filter(({ name }) => name === 'xs:simpleType')
      .map(({ attributes, content }) => [attributes.name, new RegExp(`^(?:${pattern(content)})$`)]),
  );
  const errors: string[] = [];
  const visit = ({ name, attributes, content }: Element): void => {
    const declared = declarations.get(name);
    if (!declared) {
      errors.push(`there is no element ${name}`);
      return;
    }
    for (const [attribute, value] of Object.entries(attributes)) {
      const type = declared.attributes.get(attribute)?.type;
      if (type === undefined) errors.push(`${name} has no attribute ${attribute}`);
      else if (patterns.get(type)?.test(value) === false)
        errors.push(`${name} ${attribute}="${value}" is no ${type}`);
    }
    for (const [attribute, { required }] of declared.attributes)
      if (required && !(attribute in attributes)) errors.push(`${name} needs ${attribute}`);
    for (const child of elementsOf(content)) {
      if (declared.children.has(child.name)) visit(child);
      else errors.push(`${name} cannot hold ${child.name}`);
    }
  };
  elementsOf(parse(document)).forEach(visit);
  return errors;
}

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly content: readonly Node[];
}

function parse(text: string): Node[] {
  return new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseAttributeValue: false,
    ignoreDeclaration: true,
  }).parse(text) as Node[];
}

function elementsOf(nodes: readonly Node[]): Element[] {
  return nodes.flatMap((node) => {
    const name = Object.keys(node).find((key) => key !== ':@' && key !== '#text');
    if (name === undefined) return [];
    return [
      {
        name,
        attributes: (node[':@'] ?? {}) as Record<string, string>,
        content: node[name] as Node[],
      },
    ];
  });
}

function declare(content: readonly Node[]): Declaration {
  const all = descendants(content);
  const attributes = all.filter(({ name }) => name === 'xs:attribute');
  return {
    attributes: new Map(
      attributes.map(({ attributes: { name = '', type = '', use } }) => [
        name,
        { required: use === 'required', type },
      ]),
    ),
    children: new Set(
      all.filter(({ name }) => name === 'xs:element').map(({ attributes }) => attributes.ref ?? ''),
    ),
  };
}

function pattern(content: readonly Node[]): string {
  return descendants(content).find(({ name }) => name === 'xs:pattern')?.attributes.value ?? '';
}

function descendants(content: readonly Node[]): Element[] {
  return elementsOf(content).flatMap((element) => [element, ...descendants(element.content)]);
}
