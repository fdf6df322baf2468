package dev.signalbox.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.ibm.icu.text.IDNA;
import java.util.ArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against published vectors, and against ICU. */
class IdnaTest {
    private static final IDNA ICU = IDNA.getUTS46Instance(
            IDNA.NONTRANSITIONAL_TO_ASCII | IDNA.CHECK_CONTEXTJ | IDNA.CHECK_CONTEXTO | IDNA.USE_STD3_RULES);

    @ParameterizedTest
    @CsvSource({
        "faß.de, xn--fa-hia.de",
        "Bücher.example, xn--bcher-kva.example",
        "EXAMPLE.com, example.com",
        "βόλος.com, xn--nxasmm1c.com",
        "ශ්‍රී.com, xn--10cl1a0b660p.com",
        "نامه‌ای.com, xn--mgba3gch31f060k.com",
        "例え。テスト, xn--r8jz45g.xn--zckzah",
        "ｅｘａｍｐｌｅ.com, example.com",
        "xn--fa-hia.de, xn--fa-hia.de",
        "l·l.cat, xn--ll-0ea.cat",
        "他们为什么不说中文.example, xn--ihqwcrb4cv8a8dqg056pqjye.example",
        "почемужеонинеговорятпорусски.example, xn--b1abfaaepdrnnbgefbadotcwatmq2g4l.example",
    })
    void writesPublishedNames(String name, String ascii) {
        assertThat(Idna.toAscii(name)).isEqualTo(ascii);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a..b",
                ".a",
                "a.",
                "-a.de",
                "a-.de",
                "a b.de",
                "a_b.de",
                "ü☃.de",
                "a\u200Db.de",
                "\u0301a.de",
                "a·b.de",
                "ab--ü.de",
                "a\u202Eb.de",
                "١۱.com",
                "・.jp",
                "a@b"
            })
    void refusesWhatNoRegistryGivesOut(String name) {
        assertThatThrownBy(() -> Idna.toAscii(name)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesLabelsAndNamesThatAreTooLong() {
        assertThatThrownBy(() -> Idna.toAscii("a".repeat(64) + ".de")).hasMessageContaining("63");
        assertThatThrownBy(() -> Idna.toAscii("ü".repeat(63) + ".de")).hasMessageContaining("63");
        assertThatThrownBy(() -> Idna.toAscii(("a".repeat(60) + ".").repeat(5) + "de"))
                .hasMessageContaining("253");
    }

    /** Every character between two letters: what is accepted here, ICU writes in the same way. */
    @Test
    void agreesWithIcuOnEveryCharacterItAccepts() {
        var different = new ArrayList<String>();
        int accepted = 0;
        for (int c : IntStream.rangeClosed(0x80, 0x2FFFF).toArray()) {
            if (!Character.isDefined(c) || Character.getType(c) == Character.SURROGATE) {
                continue;
            }
            String label = "a" + Character.toString(c) + "b";
            String ours = orEmpty(label);
            if (ours.isEmpty()) {
                continue;
            }
            accepted++;
            var icu = new StringBuilder();
            var info = new IDNA.Info();
            ICU.nameToASCII(label, icu, info);
            if (info.hasErrors() || !icu.toString().equals(ours)) {
                different.add("U+%04X %s: %s, ICU %s %s".formatted(c, label, ours, icu, info.getErrors()));
            }
        }
        assertThat(different).isEmpty();
        assertThat(accepted).isGreaterThan(90_000);
    }

    private static String orEmpty(String label) {
        try {
            return Idna.toAscii(label);
        } catch (IllegalArgumentException refused) {
            return "";
        }
    }
}
