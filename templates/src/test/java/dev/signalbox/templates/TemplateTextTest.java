package dev.signalbox.templates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateTextTest {
    private static final Map<String, Object> ORDER = Map.of(
            "name",
            "Zoë & Co",
            "paid",
            true,
            "total",
            12.5,
            "address",
            Map.of("city", "Bern"),
            "items",
            List.of(Map.of("title", "Tea"), Map.of("title", "Milk")),
            "none",
            List.of());

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Hello {{name}}!|Hello Zoë & Co!",
                "{{total}} to {{address.city}}|12.5 to Bern",
                "{{#items}}{{title}};{{/items}}|Tea;Milk;",
                "{{#items}}{{title}} for {{name}};{{/items}}|Tea for Zoë & Co;Milk for Zoë & Co;",
                "{{^none}}nothing{{/none}}{{#none}}x{{/none}}|nothing",
                "{{#paid}}paid{{/paid}}{{! a comment }}{{#missing}}x{{/missing}}|paid"
            })
    void renders(String template, String result) {
        assertThat(TemplateText.of(template, false).render(ORDER)).isEqualTo(result);
    }

    @Test
    void escapesForHtmlUnlessTold() {
        assertThat(TemplateText.of("<p>{{name}} {{{name}}}</p>", true).render(Map.of("name", "<a href='x'>")))
                .startsWith("<p>&lt;a href")
                .endsWith(" <a href='x'></p>")
                .doesNotContain("<p><a");
        assertThat(TemplateText.of("{{name}}", false).render(Map.of("name", "<&>")))
                .isEqualTo("<&>");
    }

    @Test
    void namesItsVariables() {
        assertThat(TemplateText.of("{{b}} {{#items}}{{title}}{{/items}} {{^c}}{{d.e}}{{/c}} {{{a}}}", false)
                        .variables())
                .containsExactly("a", "b", "c", "d", "items");
    }

    @Test
    void aMissingVariableIsNamed() {
        assertThatThrownBy(() -> TemplateText.of("Hello\n{{nmae}}", false).render(ORDER))
                .isInstanceOf(TemplateException.class)
                .hasMessage("variable 'nmae' is missing (line 2)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{{#items}}", "{{/items}}", "{{#a}}{{/b}}", "{{name", "{{>other}}", "", "a\u0000b"})
    void whatIsNoTemplateIsRefused(String source) {
        assertThatThrownBy(() -> TemplateText.of(source, false)).isInstanceOf(TemplateException.class);
    }

    /** Not even of what the variables are in Java. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{name.class}}",
                "{{class.name}}",
                "{{name.length}}",
                "{{items.size}}",
                "{{address.getClass}}",
                "{{name.bytes}}",
                "{{address.entrySet}}"
            })
    void nothingButVariablesIsReached(String source) {
        assertThatThrownBy(() -> TemplateText.of(source, false).render(ORDER))
                .isInstanceOf(TemplateException.class)
                .hasMessageContaining("is missing");
    }

    @Test
    void stepsAndLengthAreBounded() {
        List<String> many = Collections.nCopies(1_000, "x");
        String nested = "{{#l}}{{#l}}{{#l}}{{#l}}{{/l}}{{/l}}{{/l}}{{/l}}";
        assertThatThrownBy(() -> TemplateText.of(nested, false).render(Map.of("l", many)))
                .isInstanceOf(TemplateException.class)
                .hasMessageContaining("steps");
        assertThatThrownBy(
                        () -> TemplateText.of("{{#l}}{{#l}}{{/l}}{{/l}}", false).render(Map.of("l", many)))
                .as("passes of loops")
                .hasMessageContaining("steps");
        assertThatThrownBy(() -> TemplateText.of("{{#l}}{{text}}{{/l}}", false)
                        .render(Map.of("l", many, "text", "x".repeat(100))))
                .isInstanceOf(TemplateException.class)
                .hasMessageContaining("more than 65536 characters");
        assertThatThrownBy(() -> TemplateText.of("x".repeat(TemplateText.LONGEST + 1), false))
                .isInstanceOf(TemplateException.class);
    }

    /** The engine remembers how a name is found, which must not hide how often that is done. None of these writes anything. */
    @ParameterizedTest
    @ValueSource(strings = {"{{v}}", "{{.}}", "{{o.v}}"})
    void whatEachPassDoesIsCounted(String tag) {
        String most = tag.repeat((TemplateText.LONGEST - 100) / tag.length());
        Map<String, Object> values = Map.of("l", Collections.nCopies(1_000, ""), "v", "", "o", Map.of("v", ""));

        assertThatThrownBy(
                        () -> TemplateText.of("{{#l}}" + most + "{{/l}}", false).render(values))
                .isInstanceOf(TemplateException.class)
                .hasMessageContaining("more than 1000000 steps");
    }

    /** What fills all that a template may make is within the bound. */
    @Test
    void aLargeTextTakesItsSteps() {
        List<Map<String, Object>> rows = Collections.nCopies(20_000, Map.of("a", 1, "b", true, "c", "x"));
        assertThat(TemplateText.of("{{#l}}{{a}}{{#b}}{{c}}{{/b}}{{^b}}-{{/b}}\n{{/l}}", false)
                        .render(Map.of("l", rows)))
                .hasSize(60_000);
    }
}
