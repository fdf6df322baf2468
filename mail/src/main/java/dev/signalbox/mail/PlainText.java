package dev.signalbox.mail;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.regex.Pattern;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeVisitor;

/**
 * The text of an HTML page for those who read no HTML: paragraphs and lists stay, and links show where they go. jsoup
 * parses; its own {@code text()} runs everything together. One object a page.
 */
final class PlainText implements NodeVisitor {
    private static final Set<String> BLOCKS = Set.of(
            "address",
            "article",
            "aside",
            "blockquote",
            "div",
            "dl",
            "fieldset",
            "figure",
            "footer",
            "form",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "header",
            "hr",
            "main",
            "nav",
            "ol",
            "p",
            "pre",
            "section",
            "table",
            "ul");
    private static final Set<String> LINES = Set.of("br", "dd", "dt", "li", "tr", "caption", "figcaption");
    private static final Set<String> HIDDEN = Set.of("head", "script", "style", "template", "title", "noscript");
    private static final Pattern SPACES = Pattern.compile("[ \\t\\r\\n\\f]+");
    private static final Pattern GAP = Pattern.compile("\n{3,}");

    private final StringBuilder out = new StringBuilder();
    private final Deque<Integer> numbers = new ArrayDeque<>();
    private int hidden;
    private int preformatted;

    private PlainText() {}

    static String of(String html) {
        var text = new PlainText();
        Jsoup.parse(html).body().traverse(text);
        return GAP.matcher(text.out.toString().replaceAll(" +\n", "\n"))
                .replaceAll("\n\n")
                .strip();
    }

    @Override
    public void head(Node node, int depth) {
        if (node instanceof TextNode text) {
            text(text.getWholeText());
        } else if (node instanceof Element element) {
            open(element);
        }
    }

    @Override
    public void tail(Node node, int depth) {
        if (node instanceof Element element) {
            close(element);
        }
    }

    private void text(String text) {
        if (hidden > 0) {
            return;
        }
        if (preformatted > 0) {
            out.append(text);
            return;
        }
        String flowing = SPACES.matcher(text).replaceAll(" ");
        boolean atStart = out.isEmpty() || Character.isWhitespace(out.charAt(out.length() - 1));
        out.append(atStart ? flowing.stripLeading() : flowing);
    }

    private void open(Element element) {
        String name = element.normalName();
        hidden += isHidden(element) ? 1 : 0;
        if (hidden > 0) {
            return;
        }
        breaks(name);
        switch (name) {
            case "ul" -> numbers.push(0);
            case "ol" -> numbers.push(1);
            case "li" -> item();
            case "pre" -> preformatted++;
            case "img" -> text(element.attr("alt"));
            case "hr" -> out.append("----\n");
            case "br" -> out.append('\n');
            case "td", "th" -> text(element.elementSiblingIndex() > 0 ? " " : "");
            default -> {}
        }
    }

    private void close(Element element) {
        String name = element.normalName();
        if (hidden > 0) {
            hidden -= isHidden(element) ? 1 : 0;
            return;
        }
        switch (name) {
            case "ul", "ol" -> numbers.poll();
            case "pre" -> preformatted--;
            case "a" -> target(element);
            default -> {}
        }
        if (!name.equals("br")) {
            breaks(name);
        }
    }

    private static boolean isHidden(Element element) {
        return HIDDEN.contains(element.normalName())
                || element.attr("style").replace(" ", "").contains("display:none")
                || element.hasAttr("hidden");
    }

    private void breaks(String name) {
        if (BLOCKS.contains(name) && numbers.isEmpty()) {
            ensure("\n\n");
        } else if (BLOCKS.contains(name) || (LINES.contains(name) && !name.equals("br"))) {
            ensure("\n");
        }
    }

    private void ensure(String end) {
        int from = out.length();
        while (from > 0 && out.charAt(from - 1) == ' ') {
            from--;
        }
        out.setLength(from);
        while (!out.isEmpty()
                && !out.toString().substring(Math.max(0, out.length() - 2)).endsWith(end)) {
            out.append('\n');
        }
    }

    private void item() {
        int depth = Math.max(1, numbers.size());
        int number = numbers.isEmpty() ? 0 : numbers.pop();
        out.append("  ".repeat(depth - 1)).append(number == 0 ? "- " : number + ". ");
        numbers.push(number == 0 ? 0 : number + 1);
    }

    private void target(Element link) {
        String target = link.attr("href").strip();
        boolean leads = target.startsWith("http:") || target.startsWith("https:") || target.startsWith("mailto:");
        String bare = target.startsWith("mailto:") ? target.substring(7) : target;
        if (leads && !link.text().strip().equals(bare)) {
            out.append(" (").append(bare).append(')');
        }
    }
}
