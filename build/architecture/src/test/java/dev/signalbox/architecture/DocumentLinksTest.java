package dev.signalbox.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Links in the documents lead to files that are there, and promises to the tests that show them. */
class DocumentLinksTest {
    private static final Path ROOT = Path.of("..", "..").toAbsolutePath().normalize();
    private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
    private static final Pattern ELSEWHERE = Pattern.compile("[a-z]+:.*");
    private static final Pattern TEST = Pattern.compile("]\\([^)]*/src/[^)]*(Test|Contract)\\.java\\)");

    static List<Path> documents() throws IOException {
        try (Stream<Path> top = Files.list(ROOT);
                Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            return Stream.concat(top, docs)
                    .filter(file -> file.toString().endsWith(".md"))
                    .map(ROOT::relativize)
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("documents")
    void everyLinkLeadsToAFileOrAHeading(Path document) throws IOException {
        Path file = ROOT.resolve(document);
        assertThat(LINK.matcher(Files.readString(file))
                        .results()
                        .map(link -> link.group(1))
                        .filter(link -> !ELSEWHERE.matcher(link).matches()))
                .allSatisfy(
                        link -> assertThat(leadsSomewhere(file, link)).as(link).isTrue());
    }

    private static boolean leadsSomewhere(Path document, String link) throws IOException {
        String[] parts = link.split("#", 2);
        Path target = parts[0].isEmpty()
                ? document
                : document.resolveSibling(parts[0]).normalize();
        if (!Files.exists(target)) {
            return false;
        }
        return parts.length == 1
                || !target.toString().endsWith(".md")
                || headings(target).contains(parts[1]);
    }

    /** As GitHub makes anchors of headings. */
    private static List<String> headings(Path document) throws IOException {
        return Files.readAllLines(document).stream()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("^#+ ", "")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .toList();
    }

    @Test
    void everyPromiseOfTheSessionBusNamesItsTest() throws IOException {
        String document = Files.readString(ROOT.resolve("docs/session-bus.md"));
        String promises =
                document.substring(document.indexOf("## What it promises"), document.indexOf("## How it works"));
        assertThat(Stream.of(promises.split("\n- ")).skip(1))
                .hasSizeGreaterThan(8)
                .allSatisfy(promise -> assertThat(promise).containsPattern(TEST));
    }
}
