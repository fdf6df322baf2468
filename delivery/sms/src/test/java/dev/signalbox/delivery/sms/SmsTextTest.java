package dev.signalbox.delivery.sms;

import static dev.signalbox.delivery.sms.Alphabet.GSM_7;
import static dev.signalbox.delivery.sms.Alphabet.UCS_2;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Segments as networks count them. The lengths and their borders are those of 3GPP TS 23.040, 9.2.3.24.1: 160 septets or 70
 * units alone, 153 or 67 linked; the alphabet is that of TS 23.038, 6.2.1.
 */
class SmsTextTest {
    private static final String EMOJI = "😀";
    private static final String FAMILY = "👨‍👩‍👧‍👦";

    static Stream<Arguments> texts() {
        return Stream.of(
                Arguments.of("", GSM_7, 0, 1, 160),
                Arguments.of("a".repeat(160), GSM_7, 160, 1, 0),
                Arguments.of("a".repeat(161), GSM_7, 161, 2, 145),
                Arguments.of("a".repeat(306), GSM_7, 306, 2, 0),
                Arguments.of("a".repeat(307), GSM_7, 307, 3, 152),
                Arguments.of("a".repeat(459), GSM_7, 459, 3, 0),
                Arguments.of("€".repeat(80), GSM_7, 160, 1, 0),
                Arguments.of("€".repeat(80) + "a", GSM_7, 161, 2, 144),
                // An escape is not cut from its character: each segment has 76 of them and one septet over.
                Arguments.of("€".repeat(81), GSM_7, 162, 2, 143),
                Arguments.of("€".repeat(153), GSM_7, 306, 3, 151),
                Arguments.of("я".repeat(70), UCS_2, 70, 1, 0),
                Arguments.of("я".repeat(71), UCS_2, 71, 2, 63),
                Arguments.of("я".repeat(134), UCS_2, 134, 2, 0),
                Arguments.of("я".repeat(135), UCS_2, 135, 3, 66),
                Arguments.of(EMOJI.repeat(35), UCS_2, 70, 1, 0),
                // Nor are the two halves of a surrogate pair: 33 in a segment and one unit over.
                Arguments.of(EMOJI.repeat(36), UCS_2, 72, 2, 61),
                Arguments.of(EMOJI.repeat(67), UCS_2, 134, 3, 65),
                // In UCS-2 the characters of the extension table take one unit, as all others.
                Arguments.of("я" + "€".repeat(69), UCS_2, 70, 1, 0),
                Arguments.of("a".repeat(70) + "’", UCS_2, 71, 2, 63));
    }

    @ParameterizedTest
    @MethodSource("texts")
    void countsAsNetworksDo(String text, Alphabet alphabet, int units, int segments, int room) {
        var counted = SmsText.of(text);
        assertThat(counted.alphabet()).isEqualTo(alphabet);
        assertThat(counted.units()).isEqualTo(units);
        assertThat(counted.segments()).hasSize(segments);
        assertThat(counted.room()).isEqualTo(room);
        assertThat(String.join("", counted.segments())).isEqualTo(text);
    }

    @Test
    void cutsNoCharacterInTwo() {
        var text = SmsText.of("a".repeat(152) + "€" + "b".repeat(20));
        assertThat(text.segments()).containsExactly("a".repeat(152), "€" + "b".repeat(20));
        var pair = SmsText.of("я".repeat(66) + EMOJI + "ю".repeat(5));
        assertThat(pair.segments()).containsExactly("я".repeat(66), EMOJI + "ю".repeat(5));
    }

    /** Every character of the two tables, by the standard's rows, and their neighbours that are not in it. */
    @Test
    void knowsTheTableExactly() {
        String rows =
                "@Δ 0¡P¿p£_!1AQaq$Φ\"2BRbr¥Γ#3CScsèΛ¤4DTdtéΩ%5EUeuùΠ&6FVfvìΨ'7GWgwòΣ(8HXhxÇΘ)9IYiy\nΞ*:JZjzØ+;KÄkä"
                        + "øÆ,<LÖlö\ræ-=MÑmñÅß.>NÜnüåÉ/?O§oà";
        assertThat(rows.codePointCount(0, rows.length())).isEqualTo(127); // The 128th is the escape itself.
        for (int character = 0; character <= 0xFFFF; character++) {
            String text = Character.toString(character);
            boolean extension = "\f^{}\\[~]|€".contains(text);
            var counted = SmsText.of(text);
            assertThat(counted.alphabet())
                    .as("U+%04X", character)
                    .isEqualTo(extension || rows.contains(text) ? GSM_7 : UCS_2);
            assertThat(counted.units()).as("U+%04X", character).isEqualTo(extension ? 2 : 1);
        }
    }

    @Test
    void splitsAtBlanksIntoAsFewMessagesAsFit() {
        String text = "Your table for two is ready. Please come to the bar, and ask for Maria.";
        var messages = SmsText.of(text).split(new SmsLimit(30, 1));
        assertThat(messages)
                .containsExactly("Your table for two is ready.", "Please come to the bar, and", "ask for Maria.");
    }

    @Test
    void splitsBetweenCharactersAsPeopleSeeThemWhereThereIsNoBlank() {
        assertThat(SmsText.of(FAMILY.repeat(3)).split(new SmsLimit(15, 1))).isEqualTo(List.of(FAMILY + FAMILY, FAMILY));
        assertThat(SmsText.of("a".repeat(25)).split(new SmsLimit(10, 1)))
                .isEqualTo(List.of("a".repeat(10), "a".repeat(10), "a".repeat(5)));
    }

    @Test
    void splitsBySegmentsToo() {
        var messages = SmsText.of("я".repeat(150)).split(new SmsLimit(10_000, 1));
        assertThat(messages).isEqualTo(List.of("я".repeat(70), "я".repeat(70), "я".repeat(10)));
    }

    @Test
    void truncatesWithinTheLimitAndSaysSo() {
        assertThat(SmsText.of("short").truncate(new SmsLimit(5, 1))).isEqualTo("short");
        assertThat(SmsText.of("a bit longer").truncate(new SmsLimit(8, 1))).isEqualTo("a bit...");
        assertThat(SmsText.of("a".repeat(200)).truncate(new SmsLimit(10_000, 1)))
                .isEqualTo("a".repeat(157) + "...");
        assertThat(SmsText.of("abcdef").truncate(new SmsLimit(2, 1))).isEqualTo("ab");
        assertThat(SmsText.of(FAMILY + FAMILY + "x").truncate(new SmsLimit(14, 1)))
                .isEqualTo(FAMILY + "...");
        var cut = SmsText.of(EMOJI.repeat(200)).truncate(new SmsLimit(10_000, 2));
        assertThat(SmsText.of(cut).segments()).hasSize(2);
        assertThat(cut).endsWith(EMOJI + "...");
    }
}
