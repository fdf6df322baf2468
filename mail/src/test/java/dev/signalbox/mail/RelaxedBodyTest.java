package dev.signalbox.mail;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bodies as RFC 6376, section 3.4.4, has them hashed; {@code /} stands for the end of a line. */
class RelaxedBodyTest {
    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            delimiter = '|',
            value = {
                " C /D \t E///| C/D E/", // the example of section 3.4.5
                "a \t/b/|a/b/",
                " /\t/a/|//a/",
                "a|a/",
                "a/ / /|a/",
                "//|''",
                "''|''"
            })
    void isHashedAsTheStandardSays(String body, String relaxed) throws Exception {
        var hash = new RelaxedBody();
        hash.write(bytes(body));

        assertThat(hash.hash()).isEqualTo(MessageDigest.getInstance("SHA-256").digest(bytes(relaxed)));
    }

    private static byte[] bytes(String text) {
        return text.replace("/", "\r\n").getBytes(StandardCharsets.US_ASCII);
    }
}
