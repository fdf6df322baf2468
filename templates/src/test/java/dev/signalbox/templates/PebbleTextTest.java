package dev.signalbox.templates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What operators may write, and what no template gets, no matter who wrote it. */
class PebbleTextTest {
    private static final Map<String, Object> ORDER = Map.of(
            "name",
            "Zoë & Co",
            "paid",
            true,
            "total",
            1234.5,
            "at",
            "2026-03-01T12:30:00Z",
            "address",
            Map.of("city", "Bern"),
            "tags",
            List.of("new", "big"),
            "items",
            List.of(Map.of("title", "Tea", "count", 2), Map.of("title", "Milk", "count", 1)),
            "gone",
            List.of());

    private static PebbleText text(String source) {
        return PebbleText.of(source, false, "");
    }

    static Stream<Arguments> templates() {
        return Stream.of(
                arguments("Hello {{ name }}!", "Hello Zoë & Co!"),
                arguments("{{ address.city | upper }} {{ address['city'] }}", "BERN Bern"),
                arguments("{% if paid and total > 1000 %}large{% elseif paid %}paid{% else %}open{% endif %}", "large"),
                arguments(
                        "{% for item in items %}{{ loop.index + 1 }}/{{ loop.length }} {{ item.title }}"
                                + "{% if not loop.last %}, {% endif %}{% endfor %}",
                        "1/2 Tea, 2/2 Milk"),
                arguments("{% for each in gone %}x{% else %}nothing{% endfor %}", "nothing"),
                arguments("{% for each in address %}{{ each.key }}={{ each.value }}{% endfor %}", "city=Bern"),
                arguments("{{ tags | join(', ') }} {{ tags | length }} {{ tags[1] }}", "new, big 2 big"),
                arguments(
                        "{% for tag in tags %}{{ tags[loop.index] }} {% endfor %}{{ tags[items[1].count] }}",
                        "new big big"),
                arguments("{{ missing | default('you') }}{% if missing is defined %}!{% endif %}", "you"),
                arguments("{{ paid ? 'yes' : 'no' }} {{ name ~ '?' }} {{ -total + 1 }}", "yes Zoë & Co? -1233.5"),
                arguments(
                        "{{ at | date('dd.MM.yyyy', existingFormat=\"yyyy-MM-dd'T'HH:mm:ssX\", timeZone='UTC') }}",
                        "01.03.2026"),
                arguments("{{ \"#{name}!\" }}", "Zoë & Co!"),
                arguments("{# a comment #}{{ name contains 'Zoë' }} {{ tags contains 'old' }}", "true false"));
    }

    @ParameterizedTest
    @MethodSource("templates")
    void renders(String template, String result) {
        assertThat(text(template).render(ORDER)).isEqualTo(result);
    }

    @Test
    void numbersAreWrittenAsInTheTemplatesLanguage() {
        String source = "{{ total | numberformat('#,##0.00') }}";
        assertThat(PebbleText.of(source, false, "de-de").render(ORDER)).isEqualTo("1.234,50");
        assertThat(PebbleText.of(source, false, "en").render(ORDER)).isEqualTo("1,234.50");
    }

    @Test
    void escapesForHtmlUnlessTold() {
        assertThat(PebbleText.of("<p>{{ name }} {{ name | raw }} {{ paid ? name : '' }}</p>", true, "")
                        .render(Map.of("name", "<a>", "paid", true)))
                .isEqualTo("<p>&lt;a&gt; <a> &lt;a&gt;</p>");
        assertThat(text("{{ name }}").render(Map.of("name", "<&>"))).isEqualTo("<&>");
    }

    @Test
    void linesStayAsTheyAreWritten() {
        assertThat(text("{{ name }}\n\n{% if paid -%}\nthanks\n{%- endif %}\nbye")
                        .render(ORDER))
                .isEqualTo("Zoë & Co\n\nthanks\nbye");
    }

    @Test
    void namesItsVariables() {
        assertThat(text("{{ b }}{% for x in items %}{{ x.title ~ loop.index ~ a }}{% endfor %}{{ x }}"
                                + "{% for y in l %}{{ y }}{% endfor %}"
                                + "{% if c is defined and d['e'] > f %}{{ g | default(h) }}{% endif %}{{ i ? j : k }}")
                        .variables())
                .containsExactly("a", "b", "c", "d", "f", "g", "h", "i", "items", "j", "k", "l", "x");
    }

    @ParameterizedTest
    @CsvSource({
        "'{{ nmae }}',nmae",
        "'{{ address.ctiy }}',ctiy",
        "'{% if nmae %}x{% endif %}',nmae",
        "'{{ nmae | upper }}',nmae"
    })
    void aMissingVariableIsNamed(String source, String name) {
        assertThatThrownBy(() -> text("Hello\n" + source).render(ORDER))
                .isInstanceOf(TemplateException.class)
                .hasMessage("variable '" + name + "' is missing (line 2)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ name",
                "{% if paid %}",
                "{% endfor %}",
                "{{ }}",
                "{{ name | }}",
                "",
                "a\u0000b",
                "{% include 'secret.txt' %}",
                "{% extends '/etc/passwd' %}",
                "{% import 'x' %}",
                "{% from 'x' import y %}",
                "{% embed 'x' %}{% endembed %}",
                "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
                "{% block a %}x{% endblock %}",
                "{{ block('a') }}",
                "{{ parent() }}",
                "{% set a = name %}",
                "{% cache 'a' %}x{% endcache %}",
                "{% parallel %}x{% endparallel %}",
                "{% filter upper %}x{% endfilter %}",
                "{% autoescape false %}{{ name }}{% endautoescape %}",
                "{% flush %}",
                "{{ max(1, 2) }}",
                "{% for i in range(0, 1000000000) %}x{% endfor %}",
                "{% for i in 0..1000000000 %}x{% endfor %}",
                "{{ [name, name] | join('') }}",
                "{{ {'a': name} }}",
                "{{ name | replace({'Z': 'ZZZZ'}) }}",
                "{{ '%999999999d' | format(1) }}",
                "{{ name | split('') }}",
                "{{ name | sha256 }}",
                "{{ name | nosuch }}",
                "{{ name is iterable }}",
                "{{ tags | join(name) }}",
                "{{ tags | join('x' ~ 'y') }}",
                "{{ i18n('messages', 'key') }}",
                "{{ 99999999999999999999 }}"
            })
    void whatIsNotOnTheListIsRefusedWhenItIsSaved(String source) {
        assertThatThrownBy(() -> text(source)).isInstanceOf(TemplateException.class);
    }

    @Test
    void whatIsRefusedIsNamedWithItsLine() {
        assertThatThrownBy(() -> text("a\n{% include 'b' %}")).hasMessageContainingAll("'include'", "line 2");
        assertThatThrownBy(() -> text("a\n{{ b | replace('c') }}"))
                .hasMessageContainingAll("'replace'", "line 2", "upper");
    }

    /** A separator stands once for each element. */
    @Test
    void anArgumentHasABound() {
        assertThat(text("{{ tags | join('" + "x".repeat(200) + "') }}").render(ORDER))
                .hasSize(206);
        assertThatThrownBy(() -> text("{{ tags | join('" + "x".repeat(201) + "') }}"))
                .hasMessageContaining("at most 200 characters");
    }

    /** Not even of what the variables are in Java. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ name.class }}",
                "{{ name.getClass() }}",
                "{{ name.class.forName('java.lang.Runtime') }}",
                "{{ (1).TYPE }}",
                "{{ name.length() }}",
                "{{ name.bytes }}",
                "{{ tags.size }}",
                "{{ tags.stream }}",
                "{{ address.entrySet }}",
                "{{ address.getClass }}",
                "{% for x in tags %}{{ loop.class }}{% endfor %}",
                "{% for x in address %}{{ x.class }}{% endfor %}",
                "{{ beans }}",
                "{{ locale.class }}",
                "{{ template.engine }}",
                "{{ _context }}"
            })
    void nothingButVariablesIsReached(String source) {
        assertThatThrownBy(() -> text(source).render(ORDER)).isInstanceOf(TemplateException.class);
    }

    @Test
    void aLoopWithoutEndEndsAfterItsSteps() {
        List<String> many = Collections.nCopies(1_000, "");
        String loops = "{% for a in l %}".repeat(6) + "{{ a }}" + "{% endfor %}".repeat(6);
        assertThatThrownBy(() -> text(loops).render(Map.of("l", many)))
                .isInstanceOf(TemplateException.class)
                .hasMessageContaining("takes more than 1000000 steps");
        assertThatThrownBy(() -> text("{% for a in l %}".repeat(6) + "{% endfor %}".repeat(6))
                        .render(Map.of("l", many)))
                .as("empty bodies")
                .hasMessageContaining("steps");
    }

    @Test
    void muchWorkInOnePassCountsForMuch() {
        Map<String, Object> values = Map.of("l", Collections.nCopies(20_000, ""), "t", "x".repeat(60_000));
        Map<String, Object> fewer = Map.of("l", Collections.nCopies(1_000, ""), "t", "x".repeat(60_000));
        String work = "{% if t | upper == t | lower %}{% endif %}";
        assertThatThrownBy(() -> text("{% for a in l %}" + work.repeat(10) + "{% endfor %}")
                        .render(fewer))
                .as("long values")
                .hasMessageContaining("steps");
        assertThatThrownBy(() -> text("{% for a in l %}" + work.repeat(100) + "{% endfor %}")
                        .render(values))
                .hasMessageContaining("steps");
        String tests = "{% if t is null %}{% endif %}".repeat(500);
        assertThatThrownBy(
                        () -> text("{% for a in l %}" + tests + "{% endfor %}").render(values))
                .as("little work, many times")
                .hasMessageContaining("steps");
        assertThat(text("{% for a in l %}{{ a }}{% endfor %}.").render(values)).isEqualTo(".");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for x in l %}{{ t }}{% endfor %}",
                "{{ t ~ t ~ t }}",
                "{{ t + t + t }}",
                "{{ l | join(t2) }}",
                "{{ t | urlencode | urlencode }}",
                "{{ big | join('') }}"
            })
    void hugeResultsAreRefusedBeforeTheyAreThere(String source) {
        Map<String, Object> values = Map.of(
                "l",
                Collections.nCopies(1_000, "x"),
                "t",
                "ü".repeat(40_000),
                "big",
                Collections.nCopies(1_000_000, "x".repeat(60_000)));
        assertThatThrownBy(() ->
                        text(source.replace("t2", "'" + "x".repeat(200) + "'")).render(values))
                .isInstanceOf(TemplateException.class)
                .hasMessageContaining("more than 65536 characters");
    }

    @Test
    void aListIsNoText() {
        List<String> list = Collections.nCopies(1_000_000, "x".repeat(60_000));
        for (String source :
                List.of("{{ l }}", "{{ l ~ '' }}", "{{ l | upper }}", "{{ l | escape }}", "{{ l + 1 }}", "{{ -l }}")) {
            assertThatThrownBy(() -> text(source).render(Map.of("l", list)))
                    .as(source)
                    .isInstanceOf(TemplateException.class)
                    .hasMessageContaining("where a text belongs (line 1)");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ 1 / 0 }}",
                "{{ 1 % 0 }}",
                "{{ name * 2 }}",
                "{{ name | numberformat('0') }}",
                "{{ total | numberformat('#;#;#') }}",
                "{{ at | date('nonsense') }}",
                "{{ name > total }}",
                "{% for x in name %}{{ x }}{% endfor %}"
            })
    void whatCannotBeMadeIsToldAsAFaultOfTheTemplate(String source) {
        assertThatThrownBy(() -> text(source).render(ORDER)).isInstanceOf(TemplateException.class);
    }

    @Test
    void nestingWithoutEndIsRefused() {
        String deep = "{{ " + "(".repeat(20_000) + "name" + ")".repeat(20_000) + " }}";
        assertThatThrownBy(() -> text(deep)).isInstanceOf(TemplateException.class);
        String chain = "{{ name" + "~name".repeat(10_000) + " }}";
        assertThatThrownBy(() -> text(chain).render(Map.of("name", ""))).isInstanceOf(TemplateException.class);
    }
}
