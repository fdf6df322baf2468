package dev.signalbox.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MailAddressTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "alice@example.com | alice@example.com",
                " Alice@EXAMPLE.com | Alice@example.com",
                "first.last+tag=x@sub.example.co.uk | first.last+tag=x@sub.example.co.uk",
                "o'brien@example.com | o'brien@example.com",
                "info@faß.de | info@xn--fa-hia.de",
                "jörg@müller.de | jörg@xn--mller-kva.de",
                "用户@例子.广告 | 用户@xn--fsqu00a.xn--4rr70v",
                "\"a b\"@example.com | \"a b\"@example.com",
                "\"a@b\"@example.com | \"a@b\"@example.com",
                "root@localhost | root@localhost",
                "me@[192.0.2.1] | me@[192.0.2.1]",
                "me@[IPv6:2001:db8::1] | me@[IPv6:2001:db8::1]",
                "Alice <alice@example.com> | alice@example.com",
                "\"Smith, Alice\" <alice@example.com> | alice@example.com",
                "<alice@example.com> | alice@example.com",
            })
    void reads(String text, String address) {
        assertThat(MailAddress.of(text).address()).isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "alice",
                "@example.com",
                "alice@",
                "a b@example.com",
                ".a@example.com",
                "a.@example.com",
                "a..b@example.com",
                "a@b@example.com",
                "a@exa mple.com",
                "a@-example.com",
                "a@example..com",
                "a@[1.2.3.4",
                "a@[x]",
                "a,b@example.com",
                "a;b@example.com",
                "a<b@example.com",
                "a>b@example.com",
                "Alice <alice@example.com> Bob <bob@example.com>",
                "alice@example.com, bob@example.com",
                "a\r\nRCPT TO:<b@example.com>@example.com",
                "a@example.com\r\nBcc: b@example.com",
                "A\nlice <alice@example.com>",
                "a\0b@example.com",
                "a\tb@example.com",
                "a@example.com\u0085",
                "a@exam\u2028ple.com",
                "a\u2028b@example.com"
            })
    void refuses(String text) {
        assertThatThrownBy(() -> MailAddress.of(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void namesTheControlCharacterThatItRefuses() {
        assertThatThrownBy(() -> MailAddress.of("a@example.com\r\nBcc: b@example.com"))
                .hasMessageContaining("CR")
                .hasMessageContaining("line breaks");
    }

    @Test
    void boundsTheLocalPartInOctets() {
        assertThat(MailAddress.of("a".repeat(64) + "@example.com").local()).hasSize(64);
        assertThatThrownBy(() -> MailAddress.of("ö".repeat(33) + "@example.com"))
                .hasMessageContaining("64 octets");
    }

    @Test
    void keepsTheNameWithoutItsQuotationMarks() {
        assertThat(MailAddress.of("\"Smith, \\\"Al\\\"\" <a@example.com>").name())
                .contains("Smith, \"Al\"");
        assertThat(MailAddress.of("Jörg Müller <a@example.com>").name()).contains("Jörg Müller");
        assertThat(MailAddress.of("a@example.com").name()).isEmpty();
    }

    @Test
    void onlyALocalPartNeedsSmtputf8() {
        assertThat(MailAddress.of("Jörg <joerg@müller.de>").needsUtf8()).isFalse();
        assertThat(MailAddress.of("jörg@mueller.de").needsUtf8()).isTrue();
    }
}
