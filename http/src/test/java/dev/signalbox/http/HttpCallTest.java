package dev.signalbox.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpCallTest {
    private static String bytes(HttpCall call) {
        return new String(call.bytes(), StandardCharsets.UTF_8);
    }

    @Test
    void writesARequestAsHttpHasIt() {
        var call = HttpCall.post(URI.create("https://api.example/send?a=b"))
                .withHeader("Authorization", "Bearer x y")
                .withBody("text/plain", "é".getBytes(StandardCharsets.UTF_8));
        assertThat(bytes(call))
                .isEqualTo("POST /send?a=b HTTP/1.1\r\nHost: api.example\r\nAuthorization: Bearer x y\r\n"
                        + "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\né");
    }

    @ParameterizedTest
    @CsvSource({
        "http://h,/,h",
        "http://h:80/x,/x,h",
        "https://H:443/x,/x,h",
        "https://h:80,/,h:80",
        "http://[::1]:8080/x,/x,[::1]:8080",
        "http://h/é?ü=%20,/%C3%A9?%C3%BC=%20,h"
    })
    void namesTargetAndHost(URI url, String target, String host) {
        assertThat(bytes(HttpCall.get(url))).isEqualTo("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://h/secret",
                "secret",
                "http:///secret",
                "http://me:secret@h/",
                "http://h/#secret",
                "http://h:0/secret",
                "http://h:65536/secret",
                "http://bad_name/secret"
            })
    void refusesAUrlThatCannotWorkWithoutRepeatingIt(URI url) {
        assertThatThrownBy(() -> HttpCall.post(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the URL")
                .message()
                .doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "a b", "a:", "a\r\nb", "é", "Host", "content-LENGTH", "Transfer-Encoding", "Connection"})
    void refusesANameThatIsNoneOrItsOwn(String name) {
        var call = HttpCall.get(URI.create("http://h"));
        assertThatThrownBy(() -> call.withHeader(name, "x")).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "secret\r\nX-Injected: 1", "secret\n", "sécret", "secret ", " secret", "secret\0"})
    void refusesAValueThatWouldBreakTheRequest(String value) {
        var call = HttpCall.get(URI.create("http://h"));
        assertThatThrownBy(() -> call.withHeader("X", value))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .doesNotContain("secret");
    }

    @Test
    void showsNoSecrets() {
        var call = HttpCall.get(URI.create("https://h/path?key=secret")).withHeader("X", "secret");
        assertThat(call).hasToString("GET to h:443");
    }
}
