package dev.signalbox.mail;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PlainTextTest {
    @Test
    void keepsParagraphsListsAndLinks() {
        String text = PlainText.of("""
                <html><head><title>no</title><style>p { color: red }</style></head><body>
                <h1>Hello  <b>Alice</b></h1>
                <p>Your table is   ready.<br>Come in: <a href="https://example.com/t?a=1&amp;b=2">the table</a>.</p>
                <ul><li>soup</li><li>bread<ol><li>rye</li><li>wheat</li></ol></li></ul>
                <script>alert(1)</script><div style="display: none">preheader</div>
                <p><a href="https://example.com">https://example.com</a> <a href="mailto:a@example.com">a@example.com</a>
                <a href="javascript:alert(1)">click</a> <img src="cid:logo" alt="our logo"></p>
                </body></html>
                """);
        assertThat(text).isEqualTo("""
                Hello Alice

                Your table is ready.
                Come in: the table (https://example.com/t?a=1&b=2).

                - soup
                - bread
                  1. rye
                  2. wheat

                https://example.com a@example.com click our logo""");
    }

    @Test
    void separatesCellsAndKeepsPreformattedText() {
        assertThat(PlainText.of(
                        "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table><pre>x  y\n z</pre>"))
                .isEqualTo("a b\nc d\n\nx  y\n z");
    }

    @Test
    void survivesWhatIsHardlyHtml() {
        assertThat(PlainText.of("a < b & c <p>unclosed <a href=https://x.example>link"))
                .isEqualTo("a < b & c\n\nunclosed link (https://x.example)");
        assertThat(PlainText.of("")).isEmpty();
    }
}
