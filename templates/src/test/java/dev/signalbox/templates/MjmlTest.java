package dev.signalbox.templates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MjmlTest {
    private static final String WELCOME = """
            <mjml>
              <mj-head><mj-preview>Welcome, {{name}}</mj-preview></mj-head>
              <mj-body>
                <mj-section><mj-column>
                  <mj-text>Hello {{name}} &amp; all</mj-text>
                  <mj-button href="{{link}}">Begin</mj-button>
                </mj-column></mj-section>
              </mj-body>
            </mjml>
            """;

    @Test
    void becomesHtmlInWhichVariablesAreFilledIn() {
        MessageTemplate template =
                MessageTemplate.mjml("welcome", "email", "de-at", TemplateEngine.MUSTACHE, Optional.empty(), WELCOME);
        assertThat(template.html()).isTrue();
        assertThat(template.variables()).containsExactly("link", "name");
        String body = template.render(Map.of("name", "<Zoë>", "link", "https://example.org/?a=1&b=2"))
                .body();
        assertThat(body)
                .contains("<!doctype html>", "lang=\"de-at\"", "Hello &lt;Zoë&gt; &amp; all", "<table")
                .containsPattern("href=\"https://example.org/\\?a(=|&#x3D;)1&amp;b(=|&#x3D;)2\"")
                .doesNotContain("<mj-", "{{");
    }

    @ParameterizedTest
    @CsvSource({
        "Hello, it has no <mjml>",
        "<mjml><mj-body>~<mj-txt>x</mj-txt></mj-body></mjml>, <mj-txt> is not a tag of MJML that is known here (line 2)",
        "<mjml><mj-include /></mjml>, <mj-include> is not a tag"
    })
    void whatIsNoMjmlIsRefused(String source, String why) {
        assertThatThrownBy(() -> MessageTemplate.mjml(
                        "welcome", "email", "", TemplateEngine.MUSTACHE, Optional.empty(), source.replace("~", "\n")))
                .isInstanceOf(TemplateException.class)
                .hasMessageContaining("body: ")
                .hasMessageContaining(why);
    }

    @Test
    void moreTagsThanMayBeAreRefused() {
        String many = "<mjml><mj-body>" + "<mj-wrapper>".repeat(2_000) + "</mj-body></mjml>";
        assertThatThrownBy(() ->
                        MessageTemplate.mjml("many", "email", "", TemplateEngine.MUSTACHE, Optional.empty(), many))
                .isInstanceOf(TemplateException.class)
                .hasMessageContaining("more than 2000 tags");
    }
}
