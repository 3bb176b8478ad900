/**
 * Markdown of strangers: no raw HTML, no picture of another host, no link that opens without a question. Elements are our
 * own; the parser and its cut into blocks are streamdown's, so that only the last block is parsed again while it grows.
 */
import { ImageOff } from "lucide-react";
import {
  Component,
  type ComponentProps,
  type CSSProperties,
  isValidElement,
  memo,
  type ReactNode,
  useState,
} from "react";
import {
  Block,
  type BlockProps,
  type Components,
  defaultRemarkPlugins,
  parseMarkdownIntoBlocks,
  Streamdown,
  type StreamdownProps,
} from "streamdown";
import { showHidden } from "../lib/hidden-text.ts";
import { clip } from "../lib/words.ts";
import { Button } from "./button.tsx";
import { CodeBlock } from "./code-block.tsx";
import { Dialog, DialogClose } from "./dialog.tsx";
import { LongText } from "./long-text.tsx";
import { cutToLimit, isTooMuchMarkdown, isTooMuchWork } from "./markdown-limits.ts";
import { countMarks, limitMarks } from "./markdown-marks.ts";
import { Notice } from "./notice.tsx";

interface MarkdownViewProps {
  readonly text: string;
  readonly isGrowing: boolean;
}

/** Longer texts are drawn as they are: a parser would hold up the page. One that grows is parsed again and again. */
const MAX_MARKDOWN = 200_000;
const MAX_GROWING_MARKDOWN = 40_000;
/** What is open at the end is closed by a look at the whole text for each of them. */
const MAX_BRACKETS_TO_CLOSE = 1_000;

function MarkdownView({ text, isGrowing }: MarkdownViewProps) {
  const isTooLong = text.length > (isGrowing ? MAX_GROWING_MARKDOWN : MAX_MARKDOWN);
  if (isTooLong || isTooMuchMarkdown(text)) return <PlainText text={text} />;
  return (
    <PlainWhereItFails text={text}>
      <Drawn text={text} isGrowing={isGrowing} />
    </PlainWhereItFails>
  );
}

function Drawn({ text, isGrowing }: MarkdownViewProps) {
  return (
    <Streamdown
      className="markdown"
      BlockComponent={SafeBlock}
      parseMarkdownIntoBlocksFn={cutIntoBlocks}
      // Also what is whole is cut into blocks: another mode at the end would draw all of it anew.
      mode="streaming"
      parseIncompleteMarkdown={isGrowing && text.split("[").length <= MAX_BRACKETS_TO_CLOSE}
      components={COMPONENTS}
      // Without rehype-raw, HTML in the text stays text.
      rehypePlugins={NO_PLUGINS}
      urlTransform={keepUrl}
      controls={false}
      linkSafety={LINKS_ARE_OURS}
    >
      {text}
    </Streamdown>
  );
}

/** One that is too much for the parser is text; the others are drawn. */
function SafeBlock(props: BlockProps) {
  const { content } = props;
  if (isTooMuchWork(content)) return <PlainText text={content} />;
  return (
    <PlainWhereItFails text={content}>
      <Block {...props} remarkPlugins={pluginsOf(limitMarks(content))} />
    </PlainWhereItFails>
  );
}

interface PlainWhereItFailsProps {
  readonly text: string;
  readonly children: ReactNode;
}

/** What a stranger writes breaks no page, whatever was not thought of. */
class PlainWhereItFails extends Component<
  PlainWhereItFailsProps,
  { readonly text: string; readonly isFailed: boolean }
> {
  override state = { text: "", isFailed: false };

  static getDerivedStateFromError() {
    return { isFailed: true };
  }

  static getDerivedStateFromProps({ text }: PlainWhereItFailsProps, state: { readonly text: string }) {
    // It has grown: this one may be drawn.
    return text === state.text ? null : { text, isFailed: false };
  }

  override render() {
    const { text, children } = this.props;
    return this.state.isFailed ? <PlainText text={text} /> : children;
  }
}

function PlainText({ text }: { readonly text: string }) {
  return (
    <div className="whitespace-pre-wrap wrap-anywhere">
      <LongText text={text} />
    </div>
  );
}

const cutIntoBlocks = (text: string) => cutToLimit(parseMarkdownIntoBlocks(text));

type Plugins = NonNullable<StreamdownProps["remarkPlugins"]>;

/** A block is drawn anew where its plugins are others: one list for each limit. */
const pluginsByLimit = new Map<number, Plugins>();

function pluginsOf(most: number): Plugins {
  const known = pluginsByLimit.get(most);
  if (known !== undefined) return known;
  const plugins: Plugins = [...Object.values(defaultRemarkPlugins), [countMarks, { most }]];
  pluginsByLimit.set(most, plugins);
  return plugins;
}

const NO_PLUGINS: [] = [];
const LINKS_ARE_OURS = { enabled: false };
/** What may be done with an address is decided by the element. */
const keepUrl = (url: string) => url;

const COMPONENTS: Components = {
  a: ({ href, children }) => <StrangersLink href={href}>{children}</StrangersLink>,
  img: ({ src, alt }) => <NoImage source={typeof src === "string" ? src : ""} alt={alt ?? ""} />,
  pre: ({ children }) => <Code>{children}</Code>,
  code: ({ children }) => <code>{children}</code>,
  inlineCode: ({ children }) => <code>{children}</code>,
  h1: ({ children }) => <h3>{children}</h3>,
  h2: ({ children }) => <h3>{children}</h3>,
  h3: ({ children }) => <h4>{children}</h4>,
  h4: ({ children }) => <h4>{children}</h4>,
  h5: ({ children }) => <h4>{children}</h4>,
  h6: ({ children }) => <h4>{children}</h4>,
  p: ({ children }) => <p>{children}</p>,
  strong: ({ children }) => <strong>{children}</strong>,
  ul: ({ children }) => <ul>{children}</ul>,
  ol: ({ children, start }) => <ol start={start}>{children}</ol>,
  li: ({ children }) => <li>{children}</li>,
  blockquote: ({ children }) => <blockquote>{children}</blockquote>,
  hr: () => <hr />,
  table: ({ children }) => (
    // What scrolls has to be reachable by keyboard.
    <section tabIndex={0} aria-label="Table" className="overflow-x-auto">
      <table>{children}</table>
    </section>
  ),
  thead: ({ children }) => <thead>{children}</thead>,
  tbody: ({ children }) => <tbody>{children}</tbody>,
  tr: ({ children }) => <tr>{children}</tr>,
  th: ({ children, style }) => <th style={alignOf(style)}>{children}</th>,
  td: ({ children, style }) => <td style={alignOf(style)}>{children}</td>,
  sup: ({ children }) => <sup>{children}</sup>,
  sub: ({ children }) => <sub>{children}</sub>,
  section: ({ children }) => <section>{children}</section>,
};

/** Of what a cell may look like only where its text stands is taken. */
function alignOf(style: CSSProperties | undefined): CSSProperties | undefined {
  return style?.textAlign === undefined ? undefined : { textAlign: style.textAlign };
}

function Code({ children }: { readonly children: ReactNode }) {
  const inner = isValidElement<ComponentProps<"code">>(children) ? children.props : undefined;
  const language = /language-([\w+#.-]{1,30})/.exec(inner?.className ?? "")?.[1];
  return (
    <CodeBlock
      // What is copied into a terminal is what is read here.
      code={showHidden(textIn(inner?.children ?? children).replace(/\n$/, ""))}
      label={language ?? "Code"}
    />
  );
}

function textIn(node: ReactNode): string {
  if (typeof node === "string") return node;
  if (Array.isArray(node)) return node.map(textIn).join("");
  return "";
}

/** Where a link leads is seen before it is followed. Other schemes than those of the web and of mail lead nowhere. */
function StrangersLink({
  href,
  children,
}: {
  readonly href: string | undefined;
  readonly children: ReactNode;
}) {
  const [isAsking, setIsAsking] = useState(false);
  const url = readUrl(href);
  if (url === undefined) return <span>{children}</span>;
  const [before, host, after] = cutAtHost(url);
  return (
    <>
      <a
        href={url}
        rel="noopener noreferrer nofollow"
        target="_blank"
        onClick={(event) => {
          event.preventDefault();
          setIsAsking(true);
        }}
        // The middle button opens a tab without a click.
        onAuxClick={(event) => {
          event.preventDefault();
          setIsAsking(true);
        }}
      >
        {children}
      </a>
      {isAsking ? (
        <Dialog
          title={host === "" ? "Open this link?" : `Leave for ${host}?`}
          description={`The agent called this link “${textOf(children)}”. It opens in a new tab.`}
          isOpen={isAsking}
          onOpenChange={setIsAsking}
          actions={
            <>
              <DialogClose>
                <Button>Stay here</Button>
              </DialogClose>
              <Button
                onClick={() => {
                  setIsAsking(false);
                  window.open(url, "_blank", "noopener,noreferrer");
                }}
              >
                <span className="truncate">{host === "" ? "Open the link" : `Open ${host}`}</span>
              </Button>
            </>
          }
        >
          <p className="max-h-40 overflow-auto rounded-md border border-line bg-sunken p-2 font-mono text-xs wrap-anywhere text-ink">
            {clip(before, 2_000)}
            <strong className="font-semibold">{host}</strong>
            {clip(after, 2_000)}
          </p>
          {isBesideConsole(url) ? (
            <Notice tone="warn" title="It is on the host of this console">
              Browsers do not tell the ports of a host apart: what answers there is sent your session. Open it
              only if you know what it is.
            </Notice>
          ) : null}
        </Dialog>
      ) : null}
    </>
  );
}

/** Another origin on the same host: cookies heed no port. */
function isBesideConsole(url: string): boolean {
  const { hostname, origin } = new URL(url);
  return hostname === globalThis.location.hostname && origin !== globalThis.location.origin;
}

/** Nothing stands before the host but the scheme. */
function cutAtHost(url: string): readonly [before: string, host: string, after: string] {
  const { host } = new URL(url);
  if (host === "") return [url, "", ""];
  const at = url.indexOf("//") + 2;
  return [url.slice(0, at), host, url.slice(at + host.length)];
}

/** What is shown as the link. */
function textOf(node: ReactNode): string {
  if (typeof node === "string" || typeof node === "number") return clip(String(node), 120);
  if (Array.isArray(node)) return clip(node.map((part: ReactNode) => textOf(part)).join(""), 120);
  if (isValidElement<{ readonly children?: ReactNode }>(node)) return textOf(node.props.children);
  return "";
}

function readUrl(href: string | undefined): string | undefined {
  if (href === undefined || !URL.canParse(href)) return undefined;
  const url = new URL(href);
  // What stands before the host is read as the host: `https://bank.example@evil.example/`.
  if (url.username !== "" || url.password !== "") return undefined;
  return ["http:", "https:", "mailto:"].includes(url.protocol) ? url.href : undefined;
}

/** No picture is fetched from anywhere: who serves it would learn who reads, and when. */
function NoImage({ source, alt }: { readonly source: string; readonly alt: string }) {
  return (
    <span className="inline-flex max-w-full items-center gap-1.5 rounded-sm border border-line bg-sunken px-1.5 text-xs text-ink-soft">
      <ImageOff aria-hidden className="size-3.5 shrink-0" />
      <span className="truncate">
        Picture not loaded{alt === "" ? "" : `: ${clip(alt, 100)}`}
        {URL.canParse(source) ? ` (${clip(new URL(source).host || "inline", 60)})` : ""}
      </span>
    </span>
  );
}

// oxlint-disable-next-line import/no-default-export -- React loads a component by the default export of its file
export default memo(MarkdownView);
