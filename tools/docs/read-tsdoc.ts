// TSDoc of named members, read from the source: what an editor shows is what the reference says.
import { readFileSync } from "node:fs";
import { type Node, parseSync, Visitor } from "oxc-parser";

/** A documented member of an interface or of an object literal. */
export interface Member {
  readonly name: string;
  /** Type as written; of an object literal's property the expression. */
  readonly type: string;
  /** Text of the TSDoc, in one line; undefined where there is none. */
  readonly doc: string | undefined;
}

/** The members of the interface `name`, or of the object literal first passed to a call that the constant `name` holds. */
export function readMembers(file: string, name: string): readonly Member[] {
  const source = readFileSync(file, "utf8");
  const { program, comments, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file} cannot be parsed`);
  const docBefore = (start: number) => {
    const comment = comments.findLast((candidate) => candidate.end <= start);
    const isAttached =
      comment?.type === "Block" &&
      comment.value.startsWith("*") &&
      source.slice(comment.end, start).trim() === "";
    return isAttached ? clean(comment.value) : undefined;
  };
  const text = ({ start, end }: { readonly start: number; readonly end: number }) => source.slice(start, end);

  let members: readonly Member[] | undefined;
  new Visitor({
    TSInterfaceDeclaration(node) {
      if (node.id.name !== name) return;
      members = node.body.body.flatMap((member) => {
        if (member.type !== "TSPropertySignature") return [];
        const type = member.typeAnnotation === null ? "" : text(member.typeAnnotation.typeAnnotation);
        return [{ name: text(member.key), type, doc: docBefore(member.start) }];
      });
    },
    VariableDeclarator(node) {
      if (node.id.type !== "Identifier" || node.id.name !== name) return;
      members = propertiesOf(node.init).map((property) => ({
        name: text(property.key),
        type: text(property.value),
        doc: docBefore(property.start),
      }));
    },
  }).visit(program);
  if (members === undefined) throw new Error(`${file} declares no "${name}"`);
  return members;
}

function propertiesOf(value: Node | null) {
  const object = value?.type === "CallExpression" ? value.arguments[0] : value;
  if (object?.type !== "ObjectExpression") return [];
  return object.properties.filter((property) => property.type === "Property");
}

function clean(comment: string): string {
  return comment
    .replaceAll(/^\s*\*+ ?/gm, "")
    .replaceAll(/\{@link (\w+)\}/g, "`$1`")
    .replaceAll(/\s+/g, " ")
    .trim();
}
