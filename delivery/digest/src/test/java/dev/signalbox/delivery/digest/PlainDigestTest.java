package dev.signalbox.delivery.digest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.delivery.digest.DigestComposer.Composed;
import dev.signalbox.delivery.queue.Step;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PlainDigestTest {
    private static final Step ALICE = Step.parse("email:alice@example.org");

    @Test
    void oneAloneStaysAsItIs() {
        assertThat(compose(item("Hello", Map.of("Subject", "A comment", "digest-key", "post-7", "category", "news"))))
                .isEqualTo(
                        new Composed("Hello", Map.of("Subject", "A comment", "category", "news", "digest-count", "1")));
    }

    @Test
    void severalStandBelowOneAnotherUnderTheNewestSubject() {
        assertThat(compose(
                        item("one", Map.of("subject", "first")),
                        item("two", Map.of("subject", "second")),
                        item("three", Map.of("subject", "third", "Digest-Window", "1h"))))
                .isEqualTo(new Composed(
                        "one\n\ntwo\n\nthree", Map.of("subject", "third (and 2 more)", "digest-count", "3")));
    }

    @Test
    void htmlIsSeparatedByALine() {
        Map<String, String> html = Map.of("Content-Type", "text/HTML; charset=utf-8");
        assertThat(compose(item("<p>one", html), item("<p>two", html)).body()).isEqualTo("<p>one\n<hr>\n<p>two");
    }

    @Test
    void aLongSubjectStillFitsAHeader() {
        String subject = "\uD83D\uDE00".repeat(1024);
        assertThat(compose(item("one", Map.of()), item("two", Map.of("subject", subject)))
                        .headers()
                        .get("subject"))
                .isEqualTo("\uD83D\uDE00".repeat(900) + " (and 1 more)");
    }

    @Test
    void aMessageWithAllTheHeadersItCanHaveStaysAMessage() {
        Map<String, String> all =
                IntStream.range(0, 32).boxed().collect(Collectors.toMap(number -> "x-" + number, number -> "value"));
        assertThat(compose(item("one", all), item("two", all)).headers()).isEqualTo(all);
    }

    @Test
    void thereIsNoneOfNothing() {
        assertThatThrownBy(() -> new Digest(ALICE, List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    private static Composed compose(DigestItem... items) {
        return DigestComposer.plain().compose(new Digest(ALICE, List.of(items)));
    }

    private static DigestItem item(String body, Map<String, String> headers) {
        return new DigestItem("1", body, headers, Instant.EPOCH);
    }
}
